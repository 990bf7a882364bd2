/** `tidegate certificates`: makes, renews and shows the certificates that processes of a cluster know each other by. */
import { resolve } from 'node:path';
import { parseArguments, oneOf } from '../arguments.js';
import { CLUSTER_DEFAULTS } from '../cluster/cluster-defaults.js';
import { positiveInteger } from '../cluster/option-values.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';
import { CertificateAuthority, type MemberCertificate } from '../security/certificate-authority.js';
import { AUTHORITY, CertificateFolder } from '../security/certificate-folder.js';
import { certificateText } from '../security/certificate-text.js';
import { hostNames, MEMBER_ROLES, membershipOf } from '../security/member-name.js';

const FOLDER = 'certificates';
const DAYS = '365';
const AUTHORITY_DAYS = 3650;
/** Of a coordinator, besides those that are given: the commands of its own machine reach it. */
const OWN_HOSTS = ['localhost', '127.0.0.1', '::1'];

const usage = `Usage: tidegate certificates create [FOLDER] [--cluster NAME] [--host NAMES] [--days N] [--overwrite]
       tidegate certificates issue NAME [FOLDER] --role coordinator|worker|client [--host NAMES] [--days N] [--overwrite]
       tidegate certificates renew [FOLDER] [--days N]
       tidegate certificates show [FOLDER]

The certificates by which the processes of a cluster know each other, and clients their coordinator, in FOLDER (default:
${FOLDER}). create makes an authority (ca), and a certificate for coordinators, workers and clients each; issue one more, for a
machine of its own. renew makes new ones in the place of all, by the same authority and under the same names: processes
that run use them from their next connection on. ca.key is for making certificates alone: keep it where no process runs.

  --cluster NAME  it stands in every certificate, and nobody is let in with another; default ${CLUSTER_DEFAULTS.cluster}
  --host NAMES    under which clients reach the coordinator, with commas in between: its names and addresses
  --days N        so long they are valid; default ${DAYS}. The authority is for ten years
  --overwrite     what is there of the same names is lost
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    cluster: { type: 'string' },
    role: { type: 'string' },
    host: { type: 'string' },
    days: { type: 'string', default: DAYS },
    overwrite: { type: 'boolean', default: false },
  });
  const [verb, ...rest] = positionals;
  const name = verb === 'issue' ? rest.shift() : undefined;
  if (rest.length > 1) throw new UsageError('too many arguments');
  const folder = new CertificateFolder(resolve(io.cwd, rest[0] ?? FOLDER));
  const days = positiveInteger('days', values.days);
  const hosts = hostsIn(values.host);
  if (verb !== 'create' && values.cluster !== undefined) throw new UsageError('--cluster is for create');
  switch (verb) {
    case 'create':
      await create(folder, { cluster: values.cluster ?? CLUSTER_DEFAULTS.cluster, hosts, days }, values.overwrite);
      break;
    case 'issue':
      await issue(folder, name, values.role, { hosts, days }, values.overwrite);
      break;
    case 'renew':
      await renew(folder, days);
      break;
    case 'show':
      break;
    default:
      throw new UsageError('expected create, issue, renew or show');
  }
  for (const each of [AUTHORITY, ...folder.members()])
    io.out(certificateText(each, folder.certificate(each), systemClock.now()));
  return EXIT.fine;
}

type Wanted = Pick<MemberCertificate, 'hosts' | 'days'>;

async function create(
  folder: CertificateFolder,
  { cluster, hosts, days }: Wanted & Pick<MemberCertificate, 'cluster'>,
  mayOverwrite: boolean,
): Promise<void> {
  if (!mayOverwrite) folder.assertFree([AUTHORITY, ...MEMBER_ROLES]);
  const now = systemClock.now();
  const authority = await CertificateAuthority.create(cluster, AUTHORITY_DAYS, now);
  folder.put(AUTHORITY, authority.pair);
  for (const role of MEMBER_ROLES) {
    const names = role === 'coordinator' ? [...new Set([...OWN_HOSTS, ...hosts])] : [];
    folder.put(role, await authority.issue({ cluster, role, name: role, hosts: names, days }, now));
  }
}

async function issue(
  folder: CertificateFolder,
  name: string | undefined,
  word: string | undefined,
  { hosts, days }: Wanted,
  mayOverwrite: boolean,
): Promise<void> {
  if (name === undefined || !/^[\w][\w.-]*$/.test(name) || name === AUTHORITY)
    throw new UsageError('issue needs a name for the files: letters, digits, dots and dashes');
  if (word === undefined) throw new UsageError(`--role is missing: ${MEMBER_ROLES.join(', ')}`);
  const role = oneOf('role', word, MEMBER_ROLES);
  if (!mayOverwrite) folder.assertFree([name]);
  const authority = await folder.authority();
  const { cluster } = membershipOf(folder.certificate(AUTHORITY)) ?? { cluster: '' };
  const names = role === 'coordinator' ? [...new Set([...OWN_HOSTS, ...hosts])] : hosts;
  folder.put(name, await authority.issue({ cluster, role, name, hosts: names, days }, systemClock.now()));
}

async function renew(folder: CertificateFolder, days: number): Promise<void> {
  const authority = await folder.authority();
  for (const name of folder.members()) {
    const former = folder.certificate(name);
    const { cluster = '', role } = membershipOf(former) ?? {};
    // Somebody else's, which this authority has nothing to do with.
    if (role === undefined || role === 'authority') continue;
    const hosts = hostNames(former);
    folder.put(name, await authority.issue({ cluster, role, name, hosts, days }, systemClock.now()));
  }
}

/** @throws UsageError */
function hostsIn(text: string | undefined): readonly string[] {
  const hosts = (text ?? '').split(',').filter((host) => host !== '');
  for (const host of hosts)
    if (!/^[\w.:-]+$/.test(host))
      throw new UsageError(`--host has ${JSON.stringify(host)}, which is no name or address`);
  return hosts;
}

export const certificates: Command = { usage, run };
