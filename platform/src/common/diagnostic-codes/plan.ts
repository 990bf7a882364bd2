/** Codes TG3xx: rules and the plan. One entry a code: `TG000: { title, description }`. */
import type { CodeEntry } from './index.js';

export const planCodes = {
  TG300: { title: 'rules in a circle', description: 'Rules read each other’s alerts, directly or through others.' },
  TG301: {
    title: 'keys do not agree',
    description:
      'The keys of a rule’s sources have different types or numbers of parts, so their events would never meet.',
  },
  TG302: {
    title: 'not a key',
    description: 'The value of a key expression can never be a key: a map, a record, bytes or null.',
  },
  TG303: {
    title: 'name not usable',
    description:
      'The name of a step or select field is a word of the expression language, or that of a field of the events.',
  },
  TG304: {
    title: 'step name used twice',
    description: 'Two steps of a pattern, also in different groups, have the same name.',
  },
  TG305: {
    title: 'select name taken',
    description: 'A select field is called like something that every alert says of itself.',
  },
  TG306: {
    title: 'reads a disabled rule',
    description: 'A rule that runs reads the alerts of one with mode: disabled.',
  },
  TG307: { title: 'unknown step', description: 'skip or onTimeout names a step that the pattern does not have.' },
  TG308: {
    title: 'not an input',
    description: 'A step names a stream in its from that the rule itself does not read.',
  },
  TG309: { title: 'input twice', description: 'A rule names the same stream twice in its from.' },
  TG310: {
    title: 'not after optional',
    description: 'A notNext or notFollowedBy stands behind something that can be skipped.',
  },
  TG311: {
    title: 'quantifier on a not step',
    description:
      'A notNext or notFollowedBy takes no events, so it has no times, optional, greedy, repeat, until or steps.',
  },
  TG312: {
    title: 'open-ended absence',
    description: 'A notFollowedBy at the end of a pattern needs within (or maxGap): it matches when that time is over.',
  },
  TG313: { title: 'greedy not applicable', description: 'Only a step with times can be greedy; a group cannot.' },
  TG314: { title: 'optional after greedy', description: 'The step after a greedy one cannot be optional.' },
  TG315: {
    title: 'until without open end',
    description: 'until ends a repetition that has no upper bound, such as times: 1.. .',
  },
  TG316: {
    title: 'repeat without times',
    description: 'repeat says what may lie between the events of one step; without times there is one.',
  },
  TG317: { title: 'skip into a group', description: 'skip can name steps at the outermost level alone.' },
  TG318: { title: 'gap longer than window', description: 'maxGap is longer than within, so it can never count.' },
  TG319: { title: 'empty repetition', description: 'A group that repeats can be passed without any event.' },
  TG320: { title: 'begin not first', description: 'The first step of a pattern or group is a begin, and no other is.' },
  TG321: { title: 'from of a group', description: 'from says whose events fit one step; a group has none of its own.' },
  TG322: { title: 'impossible times', description: 'The bounds of times leave no number of events.' },
  TG323: {
    title: 'types in an alert',
    description: 'A select field holds types, as `type(x)` gives them. An alert holds values: write `string(type(x))`.',
  },
  TG329: {
    title: 'pattern refused',
    description: 'The pattern engine refuses the pattern for another reason, which the message says.',
  },
  TG330: {
    title: 'no dead-letter egress',
    description:
      'onError: dead-letter sends to the dead-letter egress of the rule’s ingresses, and none of them has one.',
  },
  TG340: {
    title: 'no key',
    description: 'Warning. Without key all events of a pattern rule are one partition: one task sees them all.',
  },
  TG341: {
    title: 'alerts go nowhere',
    description: 'Warning. A rule has no destination and no rule reads its alerts.',
  },
  TG342: {
    title: 'open-ended last step',
    description:
      'Warning. A match is complete as soon as the last step may end, and again at every further event that it takes.',
  },
  TG343: {
    title: 'matches held back',
    description:
      'Warning. With a skip strategy a match waits while an older partial match lives; without within that may be for ever.',
  },
  TG344: {
    title: 'step never fits',
    description:
      'Warning. A condition reads events that a match cannot have yet when the step is asked for its first event.',
  },
  TG345: {
    title: 'absence is a match',
    description: 'Warning. A notFollowedBy at the end gives a match when its time is over, never a timeout.',
  },
  TG346: {
    title: 'no timeout without window',
    description: 'Warning. onTimeout without within (or maxGap) gets nothing.',
  },
  TG347: {
    title: 'notNext at the end',
    description:
      'Warning. It matches at the next event of the key that does not fit; the passing of time gives nothing.',
  },
  TG348: { title: 'no effect', description: 'Warning. An option of a step changes nothing at this place.' },
  TG349: {
    title: 'gap of a loop',
    description: 'Warning. maxGap of a step without upper bound limits the wait for its first events only.',
  },
  TG350: {
    title: 'greedy takes all',
    description:
      'Warning. Every event that fits the next step fits the greedy step before it, which takes it, so there is never a match.',
  },
  TG352: {
    title: 'state grows',
    description: 'Warning. Without within, partial matches that never complete are kept for ever.',
  },
  TG353: {
    title: 'skip fails the job',
    description:
      'Warning. Skipping to the first event of a match does not move forward; with onMiss: fail the first match fails the job.',
  },
  TG354: {
    title: 'no such source',
    description: 'Warning. A condition compares source() with a name that the rule does not read.',
  },
  TG355: {
    title: 'unusable id of a function',
    description: 'The id of an address is a text: a string, an integer or a bool becomes one, other values do not.',
  },
  TG356: {
    title: 'typename twice',
    description: 'Functions send to an egress by its typename, so no two egresses have the same one.',
  },
  TG357: {
    title: 'rule cannot decide',
    description:
      'A rule with `decision` answers who has sent the events of an ingress: the rule, or one whose alerts it reads, reads that ' +
      'ingress, and the ingress has a `decision` with the time and the default.',
  },
  TG358: {
    title: 'nobody decides',
    description:
      'Warning. Who sends to an ingress waits for a decision that no rule makes, and always gets the default.',
  },
} as const satisfies Record<string, CodeEntry>;
