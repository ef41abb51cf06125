/** Syntax of the paths and templates in `mapping`. docs/mapping.md is its reference. */

/** Where a path starts: at the element or message being mapped, at the whole message, or beside the message's value. */
export type PathRoot = '' | '$message' | '$key' | '$headers' | '$timestamp';

const roots: ReadonlySet<string> = new Set(['$message', '$key', '$headers', '$timestamp']);

export interface Path {
  readonly root: PathRoot;
  readonly steps: readonly Step[];
}

/** The key of an object or index of an array, every element of an array, or the element that a selector describes. */
export type Step = string | Wildcard | Selector;

export interface Wildcard {
  readonly kind: 'wildcard';
}

/** Selects the first element of an array in which the value at `key` equals `equals`, a literal or the value at a path. */
export interface Selector {
  readonly kind: 'selector';
  readonly key: readonly string[];
  readonly equals: string | Path;
}

/** Literal text and paths in turn. */
export type Template = readonly (string | Path)[];

/** A path or template that cannot be parsed; the message says why. */
export class MappingSyntaxError extends Error {}

const maxLength = 1_000;
const maxSteps = 32;
const wildcard: Wildcard = { kind: 'wildcard' };
/** What `\n` and the like stand for in a template. */
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '{': '{', '}': '}' };

export function isTemplate(text: string): boolean {
  return text.includes('{');
}

/** @throws MappingSyntaxError */
export function parsePath(text: string, { wildcards = false } = {}): Path {
  const scanner = new Scanner(text, wildcards);
  const path = scanner.path('');
  scanner.expectEnd();
  return path;
}

/** @throws MappingSyntaxError */
export function parseTemplate(text: string): Template {
  return new Scanner(text, false).template();
}

class Scanner {
  readonly #text: string;
  readonly #wildcards: boolean;
  #at = 0;

  constructor(text: string, wildcards: boolean) {
    if (text.length > maxLength) throw new MappingSyntaxError(`longer than ${maxLength} characters`);
    this.#text = text;
    this.#wildcards = wildcards;
  }

  expectEnd(): void {
    if (this.#at < this.#text.length) throw new MappingSyntaxError(`unexpected ${this.#next} at position ${this.#at + 1}`);
  }

  /** Reads a path up to `end` or the end of the text. */
  path(end: string): Path {
    const steps = this.#steps(end);
    const [first] = steps;
    if (typeof first !== 'string' || !first.startsWith('$')) return { root: '', steps };
    if (!roots.has(first))
      throw new MappingSyntaxError(
        `unknown root ${first}; roots are ${[...roots].join(', ')}. Write $message.${first} for a field of that name`,
      );
    const root = first as PathRoot; // one of the roots
    if (root === '$timestamp' && steps.length > 1) throw new MappingSyntaxError('$timestamp is a number and has no fields');
    if (root === '$headers' && typeof steps[1] !== 'string')
      throw new MappingSyntaxError('$headers needs the name of a header: $headers.name');
    return { root, steps: steps.slice(1) };
  }

  template(): Template {
    const parts: (string | Path)[] = [];
    let literal = '';
    while (this.#at < this.#text.length) {
      const char = this.#take();
      if (char === '{') {
        if (literal !== '') parts.push(literal);
        literal = '';
        parts.push(this.path('}'));
        this.#expect('}');
      } else if (char === '}') throw new MappingSyntaxError('} without {; write \\} for the character');
      else if (char === '\\') literal += this.#escape();
      else literal += char;
    }
    if (literal !== '') parts.push(literal);
    return parts;
  }

  get #next(): string {
    return this.#text[this.#at] ?? '';
  }

  #take(): string {
    const char = this.#next;
    this.#at += 1;
    return char;
  }

  #expect(char: string): void {
    if (this.#take() !== char) throw new MappingSyntaxError(`${char} is missing`);
  }

  #escape(): string {
    const char = this.#take();
    const escaped = Object.hasOwn(escapes, char) ? escapes[char] : undefined;
    if (escaped === undefined) throw new MappingSyntaxError(`unknown escape \\${char}`);
    return escaped;
  }

  #steps(end: string): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const key = this.#key(`.[${end === '' ? ']' : end}`);
      if (key === '*' && !this.#wildcards) throw new MappingSyntaxError('* is allowed only in forEach and forEachNested');
      steps.push(key === '*' ? wildcard : key);
      while (this.#next === '[') steps.push(this.#selector());
      if (steps.length > maxSteps) throw new MappingSyntaxError(`more than ${maxSteps} steps`);
      if (this.#next !== '.') return steps;
      this.#at += 1;
    }
  }

  /** Reads up to one of the characters in `ends`. */
  #key(ends: string): string {
    const start = this.#at;
    while (this.#at < this.#text.length && !ends.includes(this.#next)) {
      if ('{}'.includes(this.#next)) throw new MappingSyntaxError(`unexpected ${this.#next} at position ${this.#at + 1}`);
      this.#at += 1;
    }
    if (this.#at === start) throw new MappingSyntaxError(`a key is missing at position ${start + 1}`);
    return this.#text.slice(start, this.#at);
  }

  #selector(): Selector {
    this.#expect('[');
    const key = this.#key('=]').split('.');
    if (key.includes('')) throw new MappingSyntaxError('a key is missing in [ ]');
    if (this.#take() !== '=') throw new MappingSyntaxError("[ ] needs key=path or key='literal'");
    const equals = this.#next === "'" ? this.#literal() : this.path(']');
    this.#expect(']');
    return { kind: 'selector', key, equals };
  }

  /** Text in single quotes; a quote inside is doubled. */
  #literal(): string {
    this.#expect("'");
    let literal = '';
    for (;;) {
      if (this.#at >= this.#text.length) throw new MappingSyntaxError("a literal has no closing '");
      const char = this.#take();
      if (char !== "'") literal += char;
      else if (this.#next !== "'") return literal;
      else literal += this.#take();
    }
  }
}
