/** `tidegate tokens`: makes, lists and revokes tokens of a coordinator's API. */
import { resolve } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import { API_ROLES } from '../../rest/route.js';
import { oneOf, parseArguments } from '../arguments.js';
import { durationFrom } from '../cluster/option-values.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';
import { makeToken, type StoredToken } from '../security/stored-token.js';
import { changeTokens, readTokens } from '../security/token-file.js';

const FILE = 'tokens.json';
const EXPIRES = '90d';

const usage = `Usage: tidegate tokens create --role viewer|operator|admin [--name NAME] [--expires DURATION|never] [--file FILE]
       tidegate tokens list [--file FILE]
       tidegate tokens revoke ID [--file FILE]

Tokens let clients into the API of a coordinator that was started with --tokens FILE. A viewer sees what there is, an operator
also submits, stops and cancels jobs, an admin may do everything. create prints the token, once: the file has only its
hash. A coordinator that runs knows of a change within a second.

  --role ROLE         what the token allows
  --name NAME         whose it is, for logs; default: the role
  --expires DURATION  from now, as 12h or 90d; default ${EXPIRES}
  --file FILE         default ${FILE}
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    role: { type: 'string' },
    name: { type: 'string' },
    expires: { type: 'string' },
    file: { type: 'string', default: FILE },
  });
  const [verb, id, ...more] = positionals;
  const { file, ...ofCreate } = values;
  const path = resolve(io.cwd, file);
  if (more.length > 0 || (id !== undefined && verb !== 'revoke')) throw new UsageError('too many arguments');
  if (verb !== 'create' && Object.keys(ofCreate).length > 0)
    throw new UsageError('--role, --name and --expires are for create');
  if (verb === 'create') return create(ofCreate, path, io);
  if (verb === 'list') return list(path, io);
  if (verb === 'revoke' && id !== undefined) return revoke(id, path, io);
  throw new UsageError(
    verb === 'revoke' ? 'the id of a token is missing (see list)' : 'expected create, list or revoke',
  );
}

interface CreateValues {
  readonly role?: string;
  readonly name?: string;
  readonly expires?: string;
}

function create({ role: word, name, expires = EXPIRES }: CreateValues, path: string, io: Io): number {
  if (word === undefined) throw new UsageError(`--role is missing: ${API_ROLES.join(', ')}`);
  const role = oneOf('role', word, API_ROLES);
  if (name !== undefined && !/^\P{Cc}+$/u.test(name)) throw new UsageError('--name is to be one line');
  const now = systemClock.now();
  const expiresAt = expires === 'never' ? undefined : now + durationFrom('expires', expires, 1);
  const { token, stored } = makeToken({
    ...{ name: name ?? role, role, createdAt: timeText(now) },
    ...(expiresAt === undefined ? {} : { expiresAt: timeText(expiresAt) }),
  });
  changeTokens(path, (tokens) => [...tokens, stored]);
  io.err(`${lineOf(stored)}\nThis is the token; it is kept nowhere and not shown again:\n`);
  io.out(`${token}\n`);
  return EXIT.fine;
}

function list(path: string, io: Io): number {
  const tokens = readTokens(path);
  io.out(tokens.length === 0 ? 'no tokens\n' : tokens.map((token) => `${lineOf(token)}\n`).join(''));
  return EXIT.fine;
}

function revoke(id: string, path: string, io: Io): number {
  changeTokens(path, (tokens) => {
    if (!tokens.some((token) => token.id === id))
      throw new TidegateError('TG456', `there is no token ${id} in ${path}`);
    return tokens.filter((token) => token.id !== id);
  });
  io.out(`revoked ${id}\n`);
  return EXIT.fine;
}

function lineOf({ id, name, role, expiresAt }: StoredToken): string {
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= systemClock.now();
  const until = expiresAt === undefined ? 'until it is revoked' : `${isOver ? 'expired' : 'until'} ${expiresAt}`;
  return `${id} ${role} ${name}, ${until}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

export const tokens: Command = { usage, run };
