import { expect, test } from 'vitest';
import { z } from 'zod';
import { command } from '../../cli/commands/operations.ts';
import { loadBindings } from '../../local/iot/api/index.ts';
import { runCommand } from './run-command.ts';

const lists = z.strictObject({
  served: z.array(z.string()).optional(),
  notServed: z.array(z.string()).optional(),
});

const operations = (...words: string[]) => runCommand('operations', command, words);
const json = async (...words: string[]) =>
  lists.parse(JSON.parse((await operations('--json', ...words)).out));

test('Every operation of the model is either served or not.', async () => {
  const { served = [], notServed = [] } = await json();
  expect([...served, ...notServed].sort()).toEqual([...loadBindings().operations.keys()].sort());
  expect(served).toContain('CreateThing');
  expect(notServed).toContain('CreateStream');
});

test('Either list is had alone, as JSON and as lines.', async () => {
  const { served = [], notServed } = await json('--served');
  expect(notServed).toBeUndefined();
  expect((await operations('--served')).out.trimEnd().split('\n')).toEqual(served);
  const others = await json('--not-served');
  expect(others.served).toBeUndefined();
  expect((await operations('--not-served')).out.trimEnd().split('\n')).toEqual(others.notServed);
});

test('Without options each line says which it is, and the last one counts.', async () => {
  const { served = [], notServed = [] } = await json();
  const lines = (await operations()).out.trimEnd().split('\n');
  expect(lines.slice(0, -1)).toHaveLength(served.length + notServed.length);
  expect(lines).toContain('served      CreateThing');
  expect(lines).toContain('not served  CreateStream');
  expect(lines.at(-1)).toBe(`${served.length} of ${served.length + notServed.length} operations served`);
});

test.each([[['--served', '--not-served']], [['CreateThing']]])('%j is wrongly called.', async (words) => {
  expect(await operations(...words)).toMatchObject({ code: 2, out: '' });
});
