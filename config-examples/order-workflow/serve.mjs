// Serves the functions: `node serve.mjs [PORT]`. They are TypeScript: `npm run build` compiles them.
import { serve } from '@tidegate/functions-sdk';

const compiled = new URL('../../functions-sdk/dist/test/config-examples/order-workflow/functions/', import.meta.url);
const { order } = await import(new URL('order.js', compiled).href);
const { stockOfItem } = await import(new URL('stock.js', compiled).href);
const { provider } = await import(new URL('payments.js', compiled).href);
const { url } = await serve([order, stockOfItem, provider], { port: Number(process.argv[2] ?? 8000) });
process.stdout.write(`${url}\n`);
