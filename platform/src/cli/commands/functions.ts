/** `tidegate functions`: what the functions of a run or job remember, address by address, and how to change it. */
import { JSON_DEPTH_MAX, tooDeepAt } from '@tidegate/connectors/api';
import { messageOf, TidegateError } from '../../common/errors.js';
import { printable } from '../../common/printable.js';
import {
  limitFault,
  LIST_MAX,
  type AddressAnswer,
  type AddressQuestion,
  type WrittenValue,
} from '../../job/address-question.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { AddressService } from '../../rest/address-service.js';
import { ApiError } from '../../rest/api-error.js';
import { parseArguments } from '../arguments.js';
import { soundApplication } from '../check-application.js';
import { clientOf, COORDINATOR_HELP, COORDINATOR_OPTIONS } from '../cluster/api-options.js';
import { positiveInteger } from '../cluster/option-values.js';
import { askRun } from '../control/ask-run.js';
import { JobAddresses } from '../functions/addresses/job-addresses.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';

const LIMIT = 100;
const usage = `Usage: tidegate functions list PATH TYPE [--parked] [--after ID] [--limit N]
       tidegate functions get PATH TYPE ID [STATE [KEY]]
       tidegate functions entries PATH TYPE ID STATE [--after KEY] [--limit N]
       tidegate functions set PATH TYPE ID STATE [KEY] VALUE [--base64]
       tidegate functions delete PATH TYPE ID [STATE [KEY]]
       tidegate functions release PATH TYPE ID

Shows and changes what functions remember, in the run of the application in PATH, which goes on in another process on this
machine. TYPE is NAMESPACE/NAME of a function, ID says which one.

  list      addresses that have state or messages: how they are, and how many messages wait for them
  get       an address with its state, as JSON; fields that a schema of the application marks as personal are masked.
            One STATE of it: as it is
  entries   a page of a STATE that is a map, or a list, each entry as a line of JSON; get shows the one with a KEY. The KEY of
            an element of a list is its place, from 0
  set       a state, or an entry, to a VALUE in JSON; with --base64 to these bytes. The function finds it with its next message.
            A list grows by its next element
  delete    a state, an entry, or all that the address has; what waits for it stays. Of a list the first or the last element
  release   has an address that was given up and parked called again, with all that waits for it

A change counts when the command is done: no failure takes it back.

  --parked                 only addresses that were given up
  --after ID               only ids, or keys, behind this one: the next page
  --limit N                of a page, 1 to ${LIST_MAX}; default ${LIMIT}

Of the job NAME that a cluster runs, in the place of PATH:

${COORDINATOR_HELP}
`;

interface Asked {
  readonly service: AddressService;
  readonly type: string;
  /** Behind the type. */
  readonly words: readonly string[];
  readonly flags: {
    readonly parked: boolean;
    readonly base64: boolean;
    readonly after?: string;
    readonly limit: number;
  };
  readonly io: Io;
}

/** Each with the number of words that it takes behind the type. */
const ACTIONS: Readonly<Record<string, readonly [least: number, most: number, act: (asked: Asked) => Promise<void>]>> =
  {
    list: [0, 0, list],
    get: [1, 3, get],
    entries: [2, 2, entries],
    set: [3, 4, set],
    delete: [1, 3, ({ service, type, words: [id, state, key] }) => service.delete(type, id!, state, key)],
    release: [1, 1, ({ service, type, words: [id] }) => service.release(type, id!)],
  };

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    parked: { type: 'boolean', default: false },
    base64: { type: 'boolean', default: false },
    after: { type: 'string' },
    limit: { type: 'string' },
    ...COORDINATOR_OPTIONS,
  });
  const [name = '', place, type, ...words] = positionals;
  const [least, most, act] = (Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined) ?? [];
  if (act === undefined)
    throw new UsageError(`expected ${Object.keys(ACTIONS).join(', ')}, and not ${JSON.stringify(name)}`);
  if (place === undefined || type === undefined || words.length < least!) throw new UsageError('something is missing');
  if (words.length > most!) throw new UsageError('too many arguments');
  if (!/^[^/]+\/[^/]+$/.test(type)) throw new UsageError(`${JSON.stringify(type)} is no function: NAMESPACE/NAME`);
  const limit = values.limit === undefined ? LIMIT : positiveInteger('limit', values.limit);
  const fault = limitFault(limit);
  if (fault !== undefined) throw new UsageError(`--${fault}`);
  const service = values.coordinator === undefined ? ofRun(place, io) : clientOf(values, io).addresses(place);
  if (service === undefined) return EXIT.failed;
  const { parked, base64, after } = values;
  const flags = { parked, base64, limit, ...(after === undefined ? {} : { after }) };
  try {
    await act({ service, type, words, flags, io });
  } catch (error) {
    if (error instanceof ApiError) throw new TidegateError('TG488', error.message);
    throw error;
  }
  return EXIT.fine;
}

/** Undefined where the application has errors, which are said. */
function ofRun(path: string, io: Io): AddressService | undefined {
  const sound = soundApplication(path, io);
  return sound && new JobAddresses(sound.graph, (question) => askedRun(sound.graph, question));
}

async function askedRun({ name, settings }: StreamGraph, question: AddressQuestion): Promise<AddressAnswer> {
  const answer = await askRun(settings.stateDir, { command: 'ask-address', question });
  if (answer === undefined) throw new TidegateError('TG488', `no run of "${name}" goes on in ${settings.stateDir}`);
  if ('address' in answer) return answer.address;
  throw new TidegateError('TG488', answer.reason);
}

async function list({ service, type, flags, io }: Asked): Promise<void> {
  const { parked, after, limit } = flags;
  const page = { limit, isParked: parked, ...(after === undefined ? {} : { after }) };
  const { addresses, hasMore } = await service.list(type, page);
  io.out(addresses.map(({ id, status, waiting }) => `${printable(id)} ${status} ${waiting}\n`).join(''));
  sayMore(hasMore, addresses.at(-1)?.id, io);
}

async function get({ service, type, words, io }: Asked): Promise<void> {
  io.out(`${JSON.stringify(await found(service, type, words), null, 2)}\n`);
}

function found(service: AddressService, type: string, [id, state, key]: readonly string[]): Promise<unknown> {
  if (state === undefined) return service.read(type, id!);
  return key === undefined ? service.readState(type, id!, state) : service.entry(type, id!, state, key);
}

async function entries({ service, type, words: [id, state], flags, io }: Asked): Promise<void> {
  const { after, limit } = flags;
  const page = { limit, ...(after === undefined ? {} : { after }) };
  const { entries: all, hasMore } = await service.entries(type, id!, state!, page);
  io.out(all.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  sayMore(hasMore, all.at(-1)?.key, io);
}

async function set({ service, type, words, flags }: Asked): Promise<void> {
  const [id, state, ...others] = words;
  const value = others.at(-1)!;
  const key = others.length > 1 ? others[0] : undefined;
  await service.write(type, id!, state!, flags.base64 ? { base64: value } : jsonValue(value), key);
}

function sayMore(hasMore: boolean, last: string | undefined, io: Io): void {
  if (hasMore && last !== undefined) io.err(`there are more: --after ${JSON.stringify(last)}\n`);
}

function jsonValue(json: string): WrittenValue {
  try {
    JSON.parse(json);
  } catch (error) {
    throw new UsageError(`the value is no JSON (a text is '"text"'): ${messageOf(error)}`);
  }
  if (tooDeepAt(json) !== undefined) throw new UsageError(`the value is nested deeper than ${JSON_DEPTH_MAX} levels`);
  return { json };
}

export const functions: Command = { usage, run };
