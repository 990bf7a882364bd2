/** Properties of Kafka's Java client as options of the connector `kafka`; what has no counterpart there is said. */
import { rangeOf } from '../read/object-level.js';
import type { Entry, Node, ScalarNode } from '../text/node.js';
import { isUnreadable, type SpecFields } from './spec-fields.js';
import { mapNode, textNode } from './written-node.js';

/** Of an ingress or egress; the named fields go before the properties. */
export interface KafkaAccess {
  readonly options: Readonly<Record<string, Node | undefined>>;
  /** `group.id`, `auto.offset.reset`, `compression.type`, as far as they are written. */
  readonly text: (name: string) => ScalarNode | undefined;
}

const MECHANISMS: ReadonlyMap<string, string> = new Map([
  ['PLAIN', 'plain'],
  ['SCRAM-SHA-256', 'scram-sha-256'],
  ['SCRAM-SHA-512', 'scram-sha-512'],
]);
/** A field of a JAAS configuration, in which both kinds of quotes are the same. */
const QUOTED = `\\bKEY\\s*=\\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')`;
const READ = [
  ...['bootstrap.servers', 'group.id', 'auto.offset.reset', 'compression.type', 'transaction.timeout.ms'],
  ...['security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
  ...['ssl.truststore.location', 'ssl.truststore.type', 'ssl.keystore.location', 'ssl.keystore.type'],
];

/** Undefined without an address, which is then reported. */
export function kafkaAccess(spec: SpecFields): KafkaAccess | undefined {
  const properties = new Map(spec.pairs('properties').map((entry) => [entry.key, entry]));
  const text = (name: string): ScalarNode | undefined => {
    const node = properties.get(name)?.value;
    return node?.kind === 'scalar' && !isUnreadable(node) ? node : undefined;
  };
  for (const entry of properties.values()) if (!READ.includes(entry.key)) warnOf(spec, entry);
  const brokers = spec.text('address') ?? text('bootstrap.servers');
  if (brokers === undefined) {
    const node = properties.get('bootstrap.servers')?.value;
    if (node === undefined || !isUnreadable(node)) spec.require('address');
    return undefined;
  }
  return { options: { brokers, tls: tlsOf(spec, text), sasl: saslOf(spec, text) }, text };
}

function warnOf({ place, diagnostics }: SpecFields, { key, keyNode }: Entry): void {
  diagnostics.warning('TG162', `${place}.properties: ${key} has no counterpart here and is not heeded`, {
    range: rangeOf(keyNode),
  });
}

function tlsOf(spec: SpecFields, text: KafkaAccess['text']): Node | undefined {
  const protocol = text('security.protocol');
  if (protocol === undefined || !/SSL$/.test(protocol.text)) return undefined;
  const files = { ca: pemOf(spec, text, 'truststore'), certificate: pemOf(spec, text, 'keystore') };
  if (files.ca === undefined && files.certificate === undefined) return textNode(protocol, true);
  return mapNode(protocol, { ...files, key: files.certificate });
}

/** Java's own stores cannot be read here. */
function pemOf(spec: SpecFields, text: KafkaAccess['text'], store: string): ScalarNode | undefined {
  const location = text(`ssl.${store}.location`);
  if (location === undefined || text(`ssl.${store}.type`)?.text === 'PEM') return location;
  spec.diagnostics.error('TG113', `${location.text} is a ${store} of Java`, {
    range: rangeOf(location),
    help: `Export it as PEM, and write ssl.${store}.type: PEM.`,
  });
  return undefined;
}

function saslOf(spec: SpecFields, text: KafkaAccess['text']): Node | undefined {
  const protocol = text('security.protocol');
  if (protocol === undefined || !protocol.text.startsWith('SASL')) return undefined;
  const mechanism = text('sasl.mechanism');
  const name = MECHANISMS.get(mechanism?.text ?? '');
  const jaas = text('sasl.jaas.config');
  const credential = (key: string): ScalarNode | undefined => {
    const { double, single } = new RegExp(QUOTED.replace('KEY', key)).exec(jaas?.text ?? '')?.groups ?? {};
    const value = double ?? single;
    return jaas === undefined || value === undefined ? undefined : textNode(jaas, value);
  };
  const [username, password] = [credential('username'), credential('password')];
  if (name !== undefined && username !== undefined && password !== undefined)
    return mapNode(protocol, { [name]: mapNode(protocol, { username, password }) });
  spec.diagnostics.error('TG113', `${spec.place}.properties do not say who this side is in a way that is known here`, {
    range: rangeOf(jaas ?? mechanism ?? protocol),
    help: 'sasl.mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, and sasl.jaas.config has username="..." password="...".',
  });
  return undefined;
}
