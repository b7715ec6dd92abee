import { z } from 'zod';
import type { RegistryDatabase } from '../database.ts';
import type { Row } from '../row.ts';
import type { Thing } from '../thing.ts';
import { attributeTerms, jsonTerms, type Term, textTerms } from './terms.ts';
import type { TermIndex } from './term-index.ts';

/** What a shadow's index entry is made of; timestamps and versions are not searched. */
const shadowContent = z.object({
  desired: z.unknown().optional(),
  reported: z.unknown().optional(),
  delta: z.unknown().optional(),
  metadata: z.unknown().optional(),
  version: z.number().optional(),
  timestamp: z.number().optional(),
});
export type ShadowContent = z.infer<typeof shadowContent>;

const connectivityContent = z.object({
  connected: z.boolean(),
  /** Milliseconds since the epoch of the last connect or disconnect. */
  timestamp: z.number().optional(),
  disconnectReason: z.string().optional(),
});
export type ConnectivityContent = z.infer<typeof connectivityContent>;

/** Keeps the documents of things in the index, each part when it changes. */
export interface ThingDocuments {
  /** `before` is undefined for a new thing. */
  putThing(before: Thing | undefined, after: Thing): void;
  removeThing(thing: Thing): void;
  joinGroup(thing: number, thingGroupName: string): void;
  leaveGroup(thing: number, thingGroupName: string): void;
  /** @param name '' for the classic shadow; @param content undefined when the shadow is deleted. */
  putShadow(thing: number, name: string, content: ShadowContent | undefined): void;
  putConnectivity(thing: number, content: ConnectivityContent | undefined): void;
  /** By name, '' for the classic one. */
  shadows(thing: number): ReadonlyMap<string, ShadowContent>;
  connectivity(thing: number): ConnectivityContent | undefined;
}

export function createThingDocuments(database: RegistryDatabase, index: TermIndex): ThingDocuments {
  const replace = (document: number, before: readonly Term[], after: readonly Term[]): void =>
    index.replace('AWS_Things', document, before, after);
  const groupTerms = (name: string): Term[] => textTerms('thingGroupNames', name);

  const shadows: ThingDocuments['shadows'] = (thing) =>
    new Map(
      database
        .statement('SELECT name, content FROM search_shadows WHERE thing = ? ORDER BY name')
        .all(thing)
        .map((row) => [String(row['name']), readContent(shadowContent, row)]),
    );
  const connectivity: ThingDocuments['connectivity'] = (thing) => {
    const row = database.statement('SELECT content FROM search_connectivity WHERE thing = ?').get(thing);
    return row === undefined ? undefined : readContent(connectivityContent, row);
  };

  const putShadow: ThingDocuments['putShadow'] = (thing, name, content) => {
    const before = shadows(thing).get(name);
    replace(thing, shadowTerms(name, before), shadowTerms(name, content));
    if (content === undefined) {
      database.statement('DELETE FROM search_shadows WHERE thing = ? AND name = ?').run(thing, name);
      return;
    }
    database
      .statement(
        `INSERT INTO search_shadows (thing, name, content) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET content = excluded.content`,
      )
      .run(thing, name, JSON.stringify(content));
  };
  const putConnectivity: ThingDocuments['putConnectivity'] = (thing, content) => {
    replace(thing, jsonTerms('connectivity', connectivity(thing)), jsonTerms('connectivity', content));
    if (content === undefined) {
      database.statement('DELETE FROM search_connectivity WHERE thing = ?').run(thing);
      return;
    }
    database
      .statement(
        `INSERT INTO search_connectivity (thing, content) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET content = excluded.content`,
      )
      .run(thing, JSON.stringify(content));
  };

  return {
    shadows,
    connectivity,
    putShadow: (...parameters) => database.transaction(() => putShadow(...parameters)),
    putConnectivity: (...parameters) => database.transaction(() => putConnectivity(...parameters)),
    putThing(before, after) {
      replace(after.id, before === undefined ? [] : thingTerms(before), thingTerms(after));
    },
    joinGroup: (thing, name) => replace(thing, [], groupTerms(name)),
    leaveGroup: (thing, name) => replace(thing, groupTerms(name), []),
    removeThing(thing) {
      replace(thing.id, thingTerms(thing), []);
      for (const { name } of groupNames(database, thing.id)) replace(thing.id, groupTerms(name), []);
      for (const name of shadows(thing.id).keys()) putShadow(thing.id, name, undefined);
      putConnectivity(thing.id, undefined);
    },
  };
}

/** The groups that a thing is in directly, by name. */
export function groupNames(database: RegistryDatabase, thing: number): { readonly name: string }[] {
  return database
    .statement(
      'SELECT name FROM group_members JOIN thing_groups ON id = thing_group WHERE thing = ? ORDER BY name',
    )
    .all(thing)
    .map(({ name }) => ({ name: String(name) }));
}

function thingTerms({ thingName, thingId, thingTypeName, attributes }: Thing): Term[] {
  return [
    ...textTerms('thingName', thingName),
    ...textTerms('thingId', thingId),
    ...(thingTypeName === undefined ? [] : textTerms('thingTypeName', thingTypeName)),
    ...attributeTerms(attributes),
  ];
}

function shadowTerms(name: string, content: ShadowContent | undefined): Term[] {
  if (content === undefined) return [];
  const { desired, reported, delta, metadata } = content;
  const field = name === '' ? 'shadow' : `shadow.name.${name}`;
  return jsonTerms(field, { desired, reported, delta, metadata, hasDelta: hasDelta(content) });
}

/** Whether the device is not yet what it should be. */
export function hasDelta({ delta }: ShadowContent): boolean {
  return typeof delta === 'object' && delta !== null && Object.keys(delta).length > 0;
}

function readContent<Schema extends z.ZodType>(schema: Schema, row: Row): z.infer<Schema> {
  return schema.parse(JSON.parse(String(row['content'])));
}
