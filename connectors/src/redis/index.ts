/** What a connection to Redis needs that is none of an ingress or egress. */
export { ioredis } from './library.js';
export { redisAddress, type RedisAddress } from './redis-address.js';
