/**
 * The samples of Apache StateFun's playground: their modules as they are (but for ports), and functions that are written with
 * its own JavaScript SDK. Nothing but `tidegate run module.yaml` is done for them.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Child, inFolder, ROOT, tidegate, until } from './child.js';

interface StateFun {
  bind(spec: object): void;
  handler(): RequestListener;
}

interface Apache {
  readonly StateFun: { new (): StateFun; intType(): object; jsonType(name: string): object };
  messageBuilder(message: object): object;
  egressMessageBuilder(message: object): object;
}

interface Context {
  readonly self: { readonly id: string };
  readonly caller: { readonly typename: string; readonly id: string };
  readonly storage: { stock: number | null; visits: number | null; basket: Record<string, number> | null };
  send(message: object): void;
}

interface Message {
  is(type: object): boolean;
  as<T>(type: object): T;
}

const { StateFun, messageBuilder, egressMessageBuilder } = createRequire(import.meta.url)(
  'apache-flink-statefun',
) as Apache;

const EgressRecord = StateFun.jsonType('io.statefun.playground/EgressRecord');
const put = (topic: string, payload: string): object =>
  egressMessageBuilder({
    typename: 'io.statefun.playground/egress',
    value: { topic, payload },
    valueType: EgressRecord,
  });

/** A person counts its visits, and the greeter greets accordingly. */
function bindGreeter(functions: StateFun): void {
  const GreetRequest = StateFun.jsonType('example/GreetRequest');
  functions.bind({
    typename: 'example/person',
    specs: [{ name: 'visits', type: StateFun.intType() }],
    fn(context: Context, message: Message): void {
      const { name } = message.as<{ name: string }>(GreetRequest);
      const visits = (context.storage.visits ?? 0) + 1;
      context.storage.visits = visits;
      const to = { typename: 'example/greeter', id: name };
      context.send(messageBuilder({ ...to, value: { name, visits }, valueType: GreetRequest }));
    },
  });
  functions.bind({
    typename: 'example/greeter',
    fn(context: Context, message: Message): void {
      const { name, visits } = message.as<{ name: string; visits: number }>(GreetRequest);
      context.send(put('greetings', `Hello ${name}, visit ${visits}`));
    },
  });
}

/** A cart asks the stock for each item, and puts what there is of it into its basket. */
function bindShoppingCart(functions: StateFun): void {
  const [RestockItem, RequestItem, ItemAvailability, AddToCart, Checkout, Basket] = [
    ...['RestockItem', 'RequestItem', 'ItemAvailability', 'AddToCart', 'Checkout', 'Basket'],
  ].map((name) => StateFun.jsonType(`com.example/${name}`)) as [object, object, object, object, object, object];
  functions.bind({
    typename: 'com.example/stock',
    specs: [{ name: 'stock', type: StateFun.intType() }],
    fn(context: Context, message: Message): void {
      const stock = context.storage.stock ?? 0;
      const { quantity } = message.as<{ quantity: number }>(message.is(RestockItem) ? RestockItem : RequestItem);
      if (message.is(RestockItem)) return void (context.storage.stock = stock + quantity);
      const status = stock >= quantity ? 'INSTOCK' : 'OUTOFSTOCK';
      if (status === 'INSTOCK') context.storage.stock = stock - quantity;
      const { typename, id } = context.caller;
      context.send(messageBuilder({ typename, id, value: { status, quantity }, valueType: ItemAvailability }));
    },
  });
  functions.bind({
    typename: 'com.example/user-shopping-cart',
    specs: [{ name: 'basket', type: Basket }],
    fn(context: Context, message: Message): void {
      const basket = context.storage.basket ?? {};
      if (message.is(AddToCart)) {
        const { itemId, quantity } = message.as<{ itemId: string; quantity: number }>(AddToCart);
        const to = { typename: 'com.example/stock', id: itemId };
        context.send(messageBuilder({ ...to, value: { quantity }, valueType: RequestItem }));
      } else if (message.is(ItemAvailability)) {
        const { status, quantity } = message.as<{ status: string; quantity: number }>(ItemAvailability);
        const item = context.caller.id;
        if (status === 'INSTOCK') context.storage.basket = { ...basket, [item]: (basket[item] ?? 0) + quantity };
      } else if (message.is(Checkout)) {
        const details = Object.entries(basket).map(([item, quantity]) => `${item}: ${quantity}`);
        context.send(put('receipts', `${context.self.id} has ${details.join(', ')}`));
      }
    },
  });
}

const MODULE = (url: string): string => `kind: io.statefun.endpoints.v2/http
spec:
  functions: com.example/*
  urlPathTemplate: ${url}
  transport:
    type: io.statefun.transports.v1/async
---
kind: io.statefun.endpoints.v2/http
spec:
  functions: example/*
  urlPathTemplate: ${url}
---
kind: io.statefun.playground.v1/ingress
spec:
  port: 0
---
kind: io.statefun.playground.v1/egress
spec:
  port: 0
  topics:
    - receipts
    - greetings
`;

const PORTS = /asked for at http:\/\/127\.0\.0\.1:(\d+)\/[\s\S]*take requests at http:\/\/127\.0\.0\.1:(\d+)\//;

class Playground {
  constructor(private readonly run: Child) {}

  async send(path: string, type: string, value: object): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.#port(2)}/${path}`, {
      method: 'PUT',
      headers: { 'content-type': `application/vnd.${type}` },
      body: JSON.stringify(value),
    });
    assert.equal(response.status, 200, await response.text());
  }

  async receive(topic: string): Promise<string> {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${this.#port(1)}/${topic}`);
      const text = await response.text();
      if (response.status === 200) return text;
      assert.equal(response.status, 404);
      await setTimeout(20);
    }
  }

  #port(place: number): string {
    return PORTS.exec(this.run.err)?.[place] ?? '';
  }
}

describe('the samples of StateFun’s playground', function () {
  this.timeout(60_000);
  let server: Server;

  beforeEach(async () => {
    const functions = new StateFun();
    bindGreeter(functions);
    bindShoppingCart(functions);
    server = createServer(functions.handler());
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('run by their module alone, and know after a crash what they knew', () =>
    inFolder(async (folder) => {
      const { port } = server.address() as AddressInfo;
      writeFileSync(join(folder, 'module.yaml'), MODULE(`http://localhost:${port}/statefun`));
      const started = async (): Promise<[Child, Playground]> => {
        const run = new Child(['run', 'module.yaml'], { cwd: folder, input: '' });
        await until(() => PORTS.test(run.err), run);
        return [run, new Playground(run)];
      };
      const [killed, playground] = await started();
      const add = (to: Playground, quantity: number): Promise<void> =>
        to.send('com.example/user-shopping-cart/1', 'com.example/AddToCart', { itemId: 'socks', quantity });
      await playground.send('com.example/stock/socks', 'com.example/RestockItem', { itemId: 'socks', quantity: 5 });
      await add(playground, 3);
      await playground.send('example/person/Bob', 'example/GreetRequest', { name: 'Bob' });
      assert.equal(await playground.receive('greetings'), 'Hello Bob, visit 1');
      killed.process.kill('SIGKILL');
      await killed.finished;

      const [run, again] = await started();
      await add(again, 2);
      await add(again, 1);
      await again.send('example/person/Bob', 'example/GreetRequest', { name: 'Bob' });
      // What was not yet in a checkpoint is emitted again.
      while ((await again.receive('greetings')) !== 'Hello Bob, visit 2');
      const checkOut = async (): Promise<string> => {
        await again.send('com.example/user-shopping-cart/1', 'com.example/Checkout', { userId: '1' });
        return again.receive('receipts');
      };
      // The stock has five, so the sixth is not to be had, however long the cart waits.
      while ((await checkOut()) !== '1 has socks: 5');
      run.process.kill('SIGINT');
      const { exitCode, out, err } = await run.finished;
      assert.equal(exitCode, 0, err);
      assert.match(out + err, /called com\.example\/stock: \d+ messages/);
    }));
});

/** What the page on StateFun has its reader do, with ports of its own. */
describe('the example shopping-cart', function () {
  this.timeout(120_000);
  const EXAMPLE = join(ROOT, 'config-examples', 'shopping-cart');
  const STOCK = ['com.example/stock', 'socks', 'stock'];

  async function serving(body: (url: string) => Promise<void>): Promise<void> {
    const child = spawn(process.execPath, [join(EXAMPLE, 'functions.cjs'), '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
      await body(/http:\S+/.exec(line)![0]);
    } finally {
      child.kill();
    }
  }

  it('runs by its module, shows its state, and takes it along to an application of another name', () =>
    inFolder((folder) =>
      serving(async (url) => {
        const module = readFileSync(join(EXAMPLE, 'module.yaml'), 'utf8');
        const moved = module.replace('http://localhost:1108/', url).replace(/port: \d+/g, 'port: 0');
        writeFileSync(join(folder, 'module.yaml'), moved);
        const inExample = { cwd: folder };
        const stock = async (path: string): Promise<unknown> => {
          const { exitCode, out, err } = await tidegate(['functions', 'get', path, ...STOCK], inExample);
          assert.equal(exitCode, 0, err);
          return (JSON.parse(out) as { value: unknown }).value;
        };

        const first = new Child(['run', 'module.yaml'], { cwd: folder, input: '' });
        await until(() => PORTS.test(first.err), first);
        const shop = new Playground(first);
        const cart = 'com.example/user-shopping-cart/1';
        await shop.send('com.example/stock/socks', 'com.example/RestockItem', { itemId: 'socks', quantity: 50 });
        await shop.send(cart, 'com.example/AddToCart', { userId: '1', quantity: 3, itemId: 'socks' });
        let receipt = '';
        while (receipt !== '{"userId":"1","details":"socks: 3"}') {
          await shop.send(cart, 'com.example/Checkout', { userId: '1' });
          receipt = await shop.receive('receipts');
        }
        const list = await tidegate(['functions', 'list', 'module.yaml', 'com.example/stock'], inExample);
        assert.equal(list.out, 'socks idle 0\n', list.err);
        assert.equal(await stock('module.yaml'), 47);
        const saved = await tidegate(['savepoint', 'module.yaml', '--stop', '--to', 'savepoint'], inExample);
        assert.equal(saved.exitCode, 0, saved.err);
        assert.equal((await first.finished).exitCode, 0);

        writeFileSync(join(folder, 'settings.yaml'), 'name: shop\nsettings: { stateDir: state }\n');
        const second = new Child(['run', '.', '--from', 'savepoint'], { cwd: folder, input: '' });
        await until(() => PORTS.test(second.err), second);
        assert.match(second.err, /resumed from the savepoint/);
        assert.equal(await stock('.'), 47);
        second.process.kill('SIGINT');
        const { exitCode, err } = await second.finished;
        assert.equal(exitCode, 0, err);
      }),
    ));
});
