import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRegistryDatabase } from '../../../../local/iot/registry/database.ts';
import { openRegistry } from '../api/support.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'registry-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const notes = { name: 'notes', version: 1, schema: 'CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT;' };

function openNotes(file = ':memory:', version = 1) {
  const database = openRegistryDatabase(file, [{ ...notes, version }]);
  return {
    database,
    add: (text: string) => database.statement('INSERT INTO notes (text) VALUES (?)').run(text),
    all: () =>
      database
        .statement('SELECT text FROM notes ORDER BY text')
        .all()
        .map(({ text }) => text),
  };
}

test('What is written is there when the file is opened again.', () => {
  const file = path.join(folder, 'again.sqlite');
  const first = openNotes(file);
  first.add('a');
  first.database.close();
  const second = openNotes(file);
  expect(second.all()).toEqual(['a']);
  second.database.close();
});

test('A transaction that fails leaves nothing, an inner one neither, and who remembers is told to forget.', () => {
  const { database, add, all } = openNotes();
  let forgotten = 0;
  database.onReset(() => (forgotten += 1));
  expect(() =>
    database.transaction(() => {
      add('a');
      database.transaction(() => add('b'));
      add('a');
    }),
  ).toThrow('UNIQUE');
  expect(all()).toEqual([]);
  expect(forgotten).toBe(1);
  expect(database.transaction(() => (add('c'), all()))).toEqual(['c']);
  database.close();
});

test('A reset empties every table and statements go on working.', () => {
  const { database, add, all } = openNotes();
  add('a');
  database.reset();
  expect(all()).toEqual([]);
  add('b');
  expect(all()).toEqual(['b']);
  database.close();
});

test('A file of another version is refused and told how to go on.', () => {
  const file = path.join(folder, 'version.sqlite');
  openNotes(file).database.close();
  expect(() => openNotes(file, 2)).toThrow(
    expect.objectContaining({ code: 'REGISTRY_FILE_VERSION', message: expect.stringContaining('Delete it') }),
  );
});

test('A file that is no database, or stands nowhere, is refused by its name.', () => {
  const file = path.join(folder, 'text.sqlite');
  writeFileSync(file, 'this is no database, it is a text that somebody wrote'.repeat(100));
  for (const unusable of [file, path.join(folder, 'none', 'file.sqlite')]) {
    expect(() => openNotes(unusable)).toThrow(
      expect.objectContaining({ code: 'REGISTRY_FILE_UNUSABLE', data: { file: unusable } }),
    );
  }
});

test('A registry that is reset has nothing of before, also in its search and its events.', () => {
  const { registry, events, context } = openRegistry({ file: path.join(folder, 'reset.sqlite') });
  const fill = () => {
    registry.thingTypes.create('light', undefined, [{ Key: 'a', Value: 'b' }]);
    registry.thingGroups.create({ thingGroupName: 'hall', tags: [] });
    const thing = registry.things.create({ thingName: 'lamp', thingTypeName: 'light' });
    registry.memberships.add(thing, registry.thingGroups.require('hall'));
    registry.indexShadow('lamp', undefined, { reported: { on: true } });
    return thing;
  };
  const before = fill();
  context.events.configure(new Map([['THING', true]]));
  registry.index.configurations.update({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
  registry.reset();
  expect(registry.things.find('lamp')).toBeUndefined();
  expect(registry.listThings({}).items).toEqual([]);
  expect(registry.index.names()).toEqual([]);
  expect(registry.tags.of(context.arns.of('thingtype', 'light'))).toEqual([]);
  expect(context.events.configurations().enabled.size).toBe(0);
  const after = fill();
  expect(after.thingId).not.toBe(before.thingId);
  expect(events).toEqual([]);
  registry.index.configurations.update({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
  expect(registry.index.search({ queryString: 'thingGroupNames:hall' }).things.items).toHaveLength(1);
  registry.close();
});

test('A field that a failed change brought into the index is not remembered.', () => {
  const { registry } = openRegistry();
  registry.index.configurations.update({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
  const attributePayload = { attributes: { colour: 'red' } };
  expect(() =>
    registry.context.database.transaction(() => {
      registry.things.create({ thingName: 'a', attributePayload });
      throw new Error('later');
    }),
  ).toThrow('later');
  registry.things.create({ thingName: 'b', attributePayload: { attributes: { size: 'red' } } });
  registry.things.create({ thingName: 'c', attributePayload });
  const { things } = registry.index.search({ queryString: 'attributes.colour:red' });
  expect(things.items.map(({ thingName }) => thingName)).toEqual(['c']);
  registry.close();
});
