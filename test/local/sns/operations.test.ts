import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { NOT_SERVED } from '../../../local/sns/index.ts';
import { decodeForm } from '../../../local/sns/query-protocol.ts';

test('Every operation that the SDK knows is served, or is not for a reason.', () => {
  const commands = readdirSync(
    path.join(import.meta.dirname, '../../../node_modules/@aws-sdk/client-sns/dist-types/commands'),
  );
  const all = commands.flatMap((file) => /^(\w+)Command\.d\.ts$/.exec(file)?.[1] ?? []);
  expect(all.length).toBeGreaterThan(40);
  // Every parameter is given, and of every list the first item.
  const given = (name: string): string | null => (/\.(?!1\b)\d+/.test(name) ? null : 'x');
  const form = new Proxy(new URLSearchParams(), { get: () => given });
  // What is served has parameters to read; what is not has none.
  const isRead = (operation: string): boolean => Object.keys(decodeForm(operation, form)).length > 0;
  for (const operation of all)
    expect([operation, isRead(operation)]).toEqual([operation, !(operation in NOT_SERVED)]);
});
