// Serves the functions: `node serve.mjs [PORT]`. They are TypeScript: `npm run build` compiles them.
import { serve } from '@tidegate/functions-sdk';

const { profile } = await import('../../functions-sdk/dist/test/config-examples/customer-risk/functions/profile.js');
const { url } = await serve([profile], { port: Number(process.argv[2] ?? 8000) });
process.stdout.write(`${url}\n`);
