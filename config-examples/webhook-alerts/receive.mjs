/**
 * A receiver of alerts: `node receive.mjs [PORT]`. It believes no request that is not signed, prints each alert once, and is
 * unwell now and then, so that there is something to be sent again.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 8099);
const secret = process.env['HOOK_SECRET'] || 'only for this example';
const FIVE_MINUTES = 5 * 60_000;
const seen = new Set();
let again = 0;

/** The header is t=<ms>,v1=<hex>: HMAC-SHA256 over the time, a full stop and the body. */
function isSigned(header, body) {
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})/.exec(header ?? '') ?? [];
  if (time === undefined || Math.abs(Date.now() - Number(time)) > FIVE_MINUTES) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
}

function statusFor(request, body) {
  if (!isSigned(request.headers['tidegate-signature'], body)) return 401;
  if (Math.random() < 0.2) return 503;
  const key = request.headers['idempotency-key'];
  if (seen.has(key)) again++;
  else process.stdout.write(`${JSON.parse(body).message}\n`);
  seen.add(key);
  return 204;
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => response.writeHead(statusFor(request, Buffer.concat(chunks))).end());
});
server.listen(port, '127.0.0.1', () =>
  process.stdout.write(`alerts are awaited at http://localhost:${port}; Ctrl-C ends it\n`),
);
process.once('SIGINT', () => {
  server.close();
  server.closeAllConnections();
  process.stdout.write(`${seen.size} alerts, ${again} of them again\n`);
});
