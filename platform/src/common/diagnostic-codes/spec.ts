/** Codes TG1xx: the file and its structure. */
import type { CodeEntry } from './index.js';

export const specCodes = {
  TG100: {
    title: 'file cannot be read',
    description: 'The file or folder does not exist, cannot be read, or holds no application file.',
  },
  TG101: {
    title: 'text is not acceptable',
    description:
      'The file is too large, nested too deeply, not UTF-8, or holds control characters. It is refused before it is parsed.',
  },
  TG102: { title: 'YAML syntax', description: 'The text is not YAML 1.2. Of one file the first such error is shown.' },
  TG103: {
    title: 'duplicate key',
    description: 'A key or a name is written twice; the second place is shown with the first.',
  },
  TG104: {
    title: 'YAML feature that is not accepted',
    description:
      'An unknown tag, a merge key, a second document, a YAML 1.1 directive, a key that is no text, or too many aliases.',
  },
  TG105: {
    title: 'ambiguous scalar',
    description:
      'A plain scalar that other YAML readers take for something else: yes, no, on, off, or a number with leading zeros. Quote it.',
  },
  TG110: { title: 'unknown key', description: 'A key that is not declared at this place.' },
  TG111: { title: 'missing key', description: 'A key that must be written is absent.' },
  TG112: { title: 'wrong kind of value', description: 'A value of another type than the one declared.' },
  TG113: {
    title: 'value not allowed',
    description: 'A value of the right type that is outside its range, its pattern or its list of words.',
  },
  TG114: {
    title: 'not exactly one kind',
    description: 'Exactly one of several keys must be written, such as one connector in an ingress.',
  },
  TG115: { title: 'not in this version', description: 'A part of the language that a later version brings.' },
  TG116: { title: 'expression expected', description: 'An expression is empty, or YAML made something else of it.' },
  TG117: { title: 'invalid name', description: 'A name does not have the form that its use needs.' },
  TG118: {
    title: 'key does not apply',
    description:
      'A key needs another choice than the one made beside it, such as a number of attempts without fixed-delay.',
  },
  TG120: {
    title: 'unknown name',
    description: 'A reference to an ingress, rule, table or egress that is not defined.',
  },
  TG121: {
    title: 'name defined twice',
    description: 'Two files define the same name, or an ingress and a rule share one.',
  },
  TG122: { title: 'unused', description: 'Something is defined and nothing refers to it.' },
  TG123: {
    title: 'renaming',
    description: 'renamedFrom names something that is still there, or that two things are renamed from.',
  },
  TG130: {
    title: 'placeholder',
    description: 'A ${NAME} without value, a ${secret:...} that cannot be read, or one that is not closed.',
  },
  TG140: { title: 'schema', description: 'A schema whose types cannot be read.' },
  TG141: { title: 'time', description: 'The time of an ingress does not fit its schema, or lacks a format or zone.' },
  TG150: { title: 'losses after a crash', description: 'The connector may lose records when the process dies.' },
  TG151: { title: 'test', description: 'A test of the application cannot be run as it is written.' },
  TG152: { title: 'no input', description: 'The path or glob of a file ingress finds no file where it is validated.' },
  TG160: {
    title: 'field that StateFun does not know',
    description:
      'A field of a module of Apache StateFun that StateFun passes over without a word; mostly it is misspelt, and what was meant ' +
      'has its default.',
  },
  TG161: {
    title: 'not a module',
    description:
      'A document of a module of Apache StateFun has no kind and spec, or one of a kind or version that is not known here.',
  },
  TG162: {
    title: 'not taken over',
    description: 'A setting of a module of Apache StateFun that has no counterpart here, and is not heeded.',
  },
} as const satisfies Record<string, CodeEntry>;
