import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Member, type MemberType, parseMember, parseType } from './member.ts';

/** How one operation travels. */
export interface Binding {
  readonly name: string;
  readonly method: string;
  /** `/things/{thingName}`; a label that ends in `+` takes the rest of the path, slashes too. */
  readonly uri: string;
  /** Undefined where only the address of the operation is known: such a one cannot be served. */
  readonly shape: Shape | undefined;
}

export interface Shape {
  readonly input: readonly Member[];
  /** All of an answer travels in the body. */
  readonly output: ReadonlyMap<string, MemberType>;
  /** The errors that the operation may answer with, by AWS's model. */
  readonly errors: readonly string[];
}

export interface Bindings {
  readonly operations: ReadonlyMap<string, Binding>;
  /** The members of structures, by the name of the structure. */
  readonly structures: ReadonlyMap<string, readonly Member[]>;
}

const members = z.record(z.string(), z.string());

const file = z.strictObject({
  origin: z.string(),
  standardErrors: z.array(z.string()),
  operations: z.record(
    z.string(),
    z.strictObject({
      http: z.string().regex(/^(?:GET|POST|PUT|PATCH|DELETE) \/\S+$/),
      input: members.optional(),
      output: members.optional(),
      errors: z.string().optional(),
    }),
  ),
  structures: z.record(z.string(), members),
});

let loaded: Bindings | undefined;

/** The bindings of every operation of AWS IoT's control plane; read once, when they are first asked for. */
export function loadBindings(): Bindings {
  loaded ??= readBindings(JSON.parse(readFileSync(path.join(import.meta.dirname, 'bindings.json'), 'utf8')));
  return loaded;
}

/** @throws ZodError or RangeError for content that is none of bindings.json's. */
export function readBindings(content: unknown): Bindings {
  const { operations, structures, standardErrors } = file.parse(content);
  const errorNames = (text: string): string[] =>
    text.split(' ').flatMap((name) => (name === 'standard' ? standardErrors : name === '' ? [] : [name]));
  return {
    operations: new Map(
      Object.entries(operations).map(([name, { http, input, output = {}, errors = '' }]) => {
        const [method = '', uri = ''] = http.split(' ');
        const shape: Shape | undefined =
          input === undefined
            ? undefined
            : { input: readMembers(input), output: readOutput(output), errors: errorNames(errors) };
        return [name, { name, method, uri, shape }];
      }),
    ),
    structures: new Map(
      Object.entries(structures).map(([name, notations]) => [name, readMembers(notations)]),
    ),
  };
}

function readMembers(notations: Readonly<Record<string, string>>): Member[] {
  return Object.entries(notations).map(([name, notation]) => parseMember(name, notation));
}

function readOutput(types: Readonly<Record<string, string>>): Map<string, MemberType> {
  return new Map(Object.entries(types).map(([name, type]) => [name, parseType(type)]));
}
