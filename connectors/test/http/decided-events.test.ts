/** An ingress whose senders wait for what is decided of their events. */
import assert from 'node:assert/strict';
import { REQUEST_HEADER, type Decided, type Decisions } from '../../src/api/index.js';
import { createContext, type TestContext } from '../support/context.js';
import { post, startIngress, until, type Ingress } from './ingress.js';

/** A platform that decides what the test says. */
class TestDecisions implements Decisions {
  isOpen = true;
  readonly known = new Map<string, Decided>();
  readonly waiting = new Map<string, (decided: Decided) => void>();

  ask(request: string, how: 'wait' | 'look'): Promise<Decided> {
    const known = this.known.get(request);
    if (known !== undefined || how === 'look') return Promise.resolve(known ?? { kind: 'unknown' });
    return new Promise((resolve) => this.waiting.set(request, resolve));
  }

  decide(request: string, by: 'rule' | 'default', answer: string): void {
    const decided: Decided = { kind: 'decided', by, body: Buffer.from(answer) };
    this.known.set(request, decided);
    this.waiting.get(request)?.(decided);
  }
}

describe('an ingress http whose senders wait for a decision', function () {
  this.timeout(20_000);
  let context: TestContext;
  let decisions: TestDecisions;
  let ingress: Ingress;
  const begin = async (): Promise<void> => {
    ingress = await startIngress({ ...context, decisions });
  };
  const send = (body: string, request?: string): Promise<Response> =>
    post(ingress.url, body, request === undefined ? {} : { 'idempotency-key': request });
  const told = async (response: Response): Promise<unknown[]> => [
    response.status,
    response.headers.get('tidegate-decision'),
    await response.json(),
  ];

  beforeEach(async () => {
    context = createContext();
    decisions = new TestDecisions();
    await begin();
  });
  afterEach(async () => {
    await ingress.polls.reader.close();
    await context.remove();
  });

  it('answers an event with what was decided, under the name that its record has', async () => {
    const answer = send('{"a":1}');
    const [record] = await ingress.polls.records(1);
    assert.equal(record?.payload, '{"a":1}');
    const [name] = await until(() => (decisions.waiting.size > 0 ? [...decisions.waiting.keys()] : undefined));
    decisions.decide(name!, 'rule', '{"approve":false}');
    const response = await answer;
    assert.deepEqual(await told(response), [200, 'rule', { approve: false }]);
    assert.equal(response.headers.get('idempotency-key'), name);
  });

  for (const name of ['a b', 'a%20b', 'p/1?x', 'caf\u00e9', '" a "', '""quoted""'])
    it(`says the name ${name} so that, sent back, it names the same request`, async () => {
      const answer = send('{"a":1}', name);
      await ingress.polls.records(1);
      const [known] = await until(() => (decisions.waiting.size > 0 ? [...decisions.waiting.keys()] : undefined));
      decisions.decide(known!, 'rule', '{}');
      const said = (await answer).headers.get('idempotency-key') ?? '';
      assert.equal(said, name);
      assert.equal((await send('{"a":1}', said)).headers.get('tidegate-decision'), 'rule');
      assert.deepEqual([...decisions.known.keys()], [known]);
    });

  it('stores what has a name once, whoever asks again meanwhile, afterwards, and after a new start', async () => {
    const [first, second] = [send('{"a":1}', 'pay-1'), send('{"a":1}', '"pay-1"')];
    await ingress.polls.records(1);
    await ingress.polls.reader.close();
    for (const response of [await first, await second]) {
      assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
      await response.text();
    }
    await begin();
    const third = send('{"a":1}', 'pay-1');
    await until(() => decisions.waiting.get('pay-1'));
    decisions.decide('pay-1', 'default', '{"approve":true}');
    assert.deepEqual(await told(await third), [200, 'default', { approve: true }]);
    assert.deepEqual(await told(await send('{"a":1}', 'pay-1')), [200, 'default', { approve: true }]);
    const last = send('{"a":2}', 'pay-2');
    const records = await ingress.polls.records(2);
    assert.deepEqual(
      records.map(({ payload }) => payload),
      ['{"a":1}', '{"a":2}'],
    );
    await until(() => decisions.waiting.get('pay-2'));
    decisions.decide('pay-2', 'rule', 'no');
    const response = await last;
    assert.deepEqual([await response.text(), response.headers.get('content-type')], ['no', 'application/octet-stream']);
  });

  for (const [what, body, name] of [
    ['several events at once', '{"a":1}\n{"a":2}', undefined],
    ['no event', '', undefined],
    ['a name that is too long', '{"a":1}', 'x'.repeat(257)],
  ] as const)
    it(`refuses ${what}`, async () => {
      const response = await send(body, name);
      assert.equal(response.status, 400);
      assert.match(await response.text(), /one event at a time is decided|1 to 256 characters/);
    });

  it('takes nothing while nobody can decide', async () => {
    decisions.isOpen = false;
    assert.equal((await send('{"a":1}')).status, 503);
    decisions.isOpen = true;
    decisions.known.set('pay-1', { kind: 'decided', by: 'rule', body: Buffer.from('1') });
    assert.deepEqual(await told(await send('{"a":2}', 'pay-1')), [200, 'rule', 1]);
  });

  it('names the request in the header of its record', async () => {
    void send('{"a":1}', 'pay-1').catch(() => undefined);
    const batch = await until(() => {
      const polled = ingress.polls.reader.poll(1024);
      return polled.kind === 'batch' ? polled.batch : undefined;
    });
    assert.deepEqual(batch.headers, [{ [REQUEST_HEADER]: 'pay-1' }]);
  });
});
