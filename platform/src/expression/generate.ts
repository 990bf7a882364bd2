/** The code generator: an expression of JavaScript for a node's value, and for whether that is true or false. */
import { aggregateOf } from './aggregate.js';
import { bindCall } from './call.js';
import { comprehensionOf } from './comprehension.js';
import { EvaluationError } from './evaluation.js';
import type { EvaluationLayout } from './evaluation.js';
import { arithmeticShortcut, comparisonShortcut, membershipShortcut, remainderShortcut } from './generate-shortcut.js';
import { callShortcut } from './generate-call.js';
import { Temporaries, isInherited, quoted } from './javascript.js';
import type { Constants } from './javascript.js';
import { isMissing, missingIn, propagating, propagatingUnary, undecided } from './propagate.js';
import { holderOf, metadataOf, nthEvent, presence } from './reference.js';
import type { BinaryNode, EventReference, FieldNode, LogicalNode, MetadataNode, TypedNode } from './tree.js';
import type { Values } from './values.js';

export class Generator {
  constructor(
    readonly values: Values,
    readonly layout: EvaluationLayout,
    readonly constants: Constants,
    readonly temporaries: Temporaries,
    /** How many functions this one lies in; keeps their temporaries apart. */
    readonly depth = 0,
  ) {}

  value(node: TypedNode): string {
    switch (node.kind) {
      case 'literal':
        return this.#literal(node);
      case 'field':
        return this.#field(node);
      case 'stage':
        return `captured.events(${quoted(node.stage)}).map(${this.constants.add(valueOfEvent)})`;
      case 'metadata':
        return this.#metadata(node);
      case 'lookup':
        return `${this.constants.add(this.#lookup(node.table))}(${this.value(node.key)})`;
      case 'variable':
        return `x${node.variable}`;
      case 'select': {
        const select = propagatingUnary((operand) => this.values.select(operand, node.field));
        return `${this.constants.add(select)}(${this.value(node.operand)})`;
      }
      case 'index':
        return `${this.constants.add(propagating(this.values.index))}(${this.value(node.operand)},${this.value(node.index)})`;
      case 'has': {
        const present = `${this.constants.add(presence)}(${this.value(node.operand)})`;
        const holder = this.values.strict ? holderOf(node.operand) : undefined;
        if (holder === undefined) return present;
        const held = this.temporaries.next();
        return `(${this.constants.add(isMissing)}(${held}=${this.value(holder)})?${held}:${present})`;
      }
      case 'coalesce':
        return this.#coalesce(node.operands);
      case 'unary':
        return `${this.constants.add(propagatingUnary(this.values.unary(node)))}(${this.value(node.operand)})`;
      case 'binary':
        return this.#binary(node);
      case 'logical':
        return this.#logical(node);
      case 'conditional': {
        const test = this.temporaries.next();
        const otherwise = `${test}===false?${this.value(node.otherwise)}:${this.constants.add(undecided)}(${test},false)`;
        return `((${test}=${this.value(node.condition)})===true?${this.value(node.then)}:${otherwise})`;
      }
      case 'list':
        return `${this.constants.add(makeList)}([${node.elements.map((element) => this.value(element)).join(',')}])`;
      case 'map': {
        const entries = node.entries.map(([key, value]) => `[${this.value(key)},${this.value(value)}]`);
        return `${this.constants.add(this.#makeMap())}([${entries.join(',')}])`;
      }
      case 'call':
        return (
          callShortcut(this, node) ??
          `${this.constants.add(bindCall(node, this.values))}(${node.arguments.map((argument) => this.value(argument)).join(',')})`
        );
      case 'comprehension': {
        const run = this.constants.add(comprehensionOf(node.macro, node.variables.length, this.values));
        const parameters = node.variables.map((variable) => `x${variable}`).join(',');
        const filter = node.filter === undefined ? '' : `,${this.#nested(parameters, node.filter)}`;
        return `${run}(${this.value(node.source)},${this.#nested(parameters, node.body)}${filter})`;
      }
      case 'bind':
        return `${this.#nested(`x${node.variable}`, node.body)}(${this.value(node.value)})`;
      case 'aggregate': {
        const body = this.#nested('record', node.body, 'const r=record.value;');
        return `${this.constants.add(aggregateOf(node))}(captured.events(${quoted(node.stage)}),${body})`;
      }
    }
  }

  /** Whether the value is true: what a condition asks. */
  isTrue(node: TypedNode): string {
    return this.#is(node, true);
  }

  isFalse(node: TypedNode): string {
    return this.#is(node, false);
  }

  #is(node: TypedNode, wanted: boolean): string {
    switch (node.kind) {
      case 'logical': {
        // && is true when all are, and false when one is; || the other way round.
        const joint = (node.operator === '&&') === wanted ? '&&' : '||';
        return `(${node.operands.map((operand) => this.#is(operand, wanted)).join(joint)})`;
      }
      case 'unary':
        return node.operator === '!' ? this.#is(node.operand, !wanted) : `(${this.value(node)}===${wanted})`;
      case 'conditional': {
        const test = this.temporaries.next();
        const otherwise = `${test}===false&&${this.#is(node.otherwise, wanted)}`;
        return `((${test}=${this.value(node.condition)})===true?${this.#is(node.then, wanted)}:${otherwise})`;
      }
      case 'binary':
        return this.#binary(node, wanted);
      default:
        return `(${this.value(node)}===${wanted})`;
    }
  }

  /** Without `wanted` the value, else whether it is that. */
  #binary(node: BinaryNode, wanted?: boolean): string {
    const operation = propagating(this.values.binary(node));
    const shortcut =
      comparisonShortcut(this, node, operation, wanted) ??
      membershipShortcut(this, node, operation, wanted) ??
      arithmeticShortcut(this, node, operation) ??
      remainderShortcut(this, node, operation);
    const value = shortcut ?? `${this.constants.add(operation)}(${this.value(node.left)},${this.value(node.right)})`;
    const isDone = wanted === undefined || (shortcut !== undefined && node.type.kind === 'bool');
    return isDone ? value : `(${value}===${wanted})`;
  }

  #literal(node: TypedNode & { kind: 'literal' }): string {
    const value = this.values.literal(node);
    if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
    const isJson = value === null || typeof value === 'string' || typeof value === 'boolean';
    return isJson ? JSON.stringify(value) : this.constants.add(value);
  }

  #field(node: FieldNode): string {
    const [first, ...rest] = node.path;
    if (first === undefined) return this.#record(node.of);
    const start = this.values.strict ? this.#slowStep(this.#record(node.of), first) : this.#first(node.of, first);
    return rest.reduce((source, name) => this.#step(source, name), start);
  }

  /** A field of an event, whose value is a plain object for certain. */
  #first(of: EventReference, name: string): string {
    const property = (object: string): string =>
      isInherited(name)
        ? `(${this.constants.add(Object.hasOwn)}(${object},${quoted(name)})?${object}[${quoted(name)}]:undefined)`
        : `${object}[${quoted(name)}]`;
    if (of.kind === 'current') return property('r');
    const event = this.temporaries.next();
    const missing =
      of.kind === 'nth'
        ? `${this.constants.add(isMissing)}(${event}=${this.#event(of)})`
        : `(${event}=${this.#event(of)})===undefined`;
    return `(${missing}?${of.kind === 'nth' ? event : 'undefined'}:${property(`${event}.value`)})`;
  }

  /** A field of a field: an object as JSON has it is read at once, everything else by the shared operation. */
  #step(source: string, name: string): string {
    if (this.values.strict || isInherited(name)) return this.#slowStep(source, name);
    const operand = this.temporaries.next();
    const isObject = `(${operand}=${source})!==undefined&&${operand}!==null&&${operand}.constructor===Object`;
    return `(${isObject}?${operand}[${quoted(name)}]:${this.#slowStep(operand, name)})`;
  }

  #slowStep(source: string, name: string): string {
    return `${this.constants.add(propagatingUnary((operand) => this.values.select(operand, name)))}(${source})`;
  }

  #record(of: EventReference): string {
    return of.kind === 'current' ? 'r' : `${this.constants.add(recordOfEvent)}(${this.#event(of)})`;
  }

  #event(of: EventReference): string {
    switch (of.kind) {
      case 'current':
        return 'record';
      case 'captured':
        return `captured.${of.at === 'last' ? 'last' : 'first'}(${quoted(of.stage)})`;
      case 'nth':
        return `${this.constants.add(nthEvent)}(captured.events(${quoted(of.stage)}),${this.value(of.index)})`;
      case 'latest':
        return 'captured.last()';
    }
  }

  #metadata(node: MetadataNode): string {
    if (node.name === 'key') return 'key';
    if (node.of.kind === 'current' && node.name === 'eventTime') return 'record.timestamp';
    if (node.of.kind === 'current' && node.name === 'source') return 'record.source';
    const read = (event: EvaluationErrorOrRecord, key: unknown, header: unknown): unknown =>
      isMissing(event) ? event : metadataOf(node, event, key, header);
    return `${this.constants.add(read)}(${this.#event(node.of)},key${node.header === undefined ? '' : `,${this.value(node.header)}`})`;
  }

  #lookup(table: string): (key: unknown) => unknown {
    const rows = this.layout.tables?.get(table);
    return (key) => (isMissing(key) ? key : rows?.get(key));
  }

  #makeMap(): (entries: (readonly [unknown, unknown])[]) => unknown {
    return (entries) => {
      const missing = missingIn(entries.flat());
      return missing === undefined ? this.values.makeMap(entries) : missing.missing;
    };
  }

  #coalesce(operands: readonly TypedNode[]): string {
    const tests = operands.map((operand) => {
      const value = this.temporaries.next();
      return `(${value}=${this.value(operand)})!==undefined&&${value}!==null?${value}:`;
    });
    return `(${tests.join('')}undefined)`;
  }

  #logical(node: LogicalNode): string {
    const deciding = node.operator === '||';
    const names = node.operands.map(() => this.temporaries.next());
    const decided = node.operands
      .map((operand, at) => `(${names[at]}=${this.value(operand)})===${deciding}`)
      .join('||');
    const all = names.map((name) => `${name}===${!deciding}`).join('&&');
    return `(${decided}?${deciding}:${all}?${!deciding}:${this.constants.add(firstUndecided)}([${names.join(',')}],${deciding}))`;
  }

  /** A function of JavaScript for a body that is evaluated for each element. */
  #nested(parameters: string, body: TypedNode, prologue = ''): string {
    const temporaries = new Temporaries(`${this.temporaries.prefix}_`);
    const inner = new Generator(this.values, this.layout, this.constants, temporaries, this.depth + 1);
    const expression = inner.value(body);
    return `((${parameters})=>{${prologue}${temporaries.declaration()}return ${expression}})`;
  }
}

type EvaluationErrorOrRecord = Parameters<typeof metadataOf>[1] | undefined | EvaluationError;

function valueOfEvent(event: { readonly value: unknown }): unknown {
  return event.value;
}

function recordOfEvent(event: EvaluationErrorOrRecord): unknown {
  return isMissing(event) ? event : event.value;
}

function makeList(elements: unknown[]): unknown {
  const missing = missingIn(elements);
  return missing === undefined ? elements : missing.missing;
}

function firstUndecided(operands: readonly unknown[], deciding: boolean): unknown {
  return undecided(
    operands.find((operand) => operand !== !deciding),
    deciding,
  );
}
