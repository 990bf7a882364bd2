/** `settings.memory`: what can grow, and how far. */
import { declare } from '@tidegate/connectors/api';

export const memory = declare({
  type: 'object',
  description: 'How much memory a worker (a process with its slots) uses for what can grow.',
  fields: {
    state: {
      type: 'size',
      default: '256MiB',
      description:
        "The state backend's caches and buffers; with `backend: heap` all state, and the run ends when there is more. At least 16MiB.",
    },
    network: { type: 'size', default: '64MiB', description: 'What is in flight between tasks; at least 1MiB.' },
    functions: {
      type: 'size',
      default: '64MiB',
      description:
        'Messages that wait for their function. Beyond it nothing comes in from outside until some are delivered; at least 1MiB.',
    },
  },
});
