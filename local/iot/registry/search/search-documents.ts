import type { RegistryDatabase } from '../database.ts';
import { type Thing, toThing } from '../thing.ts';
import { type ThingGroup, toThingGroup } from '../thing-group.ts';
import type { IndexingConfiguration } from './configuration.ts';
import { groupNames, hasDelta, type ShadowContent, type ThingDocuments } from './thing-documents.ts';

/** A thing as a search answers with it. */
export interface ThingDocument {
  readonly thingName: string;
  readonly thingId: string;
  readonly thingTypeName: string | undefined;
  readonly thingGroupNames: string[] | undefined;
  readonly attributes: Record<string, string>;
  /** A JSON text of the classic shadow, with the named ones below `name`. */
  readonly shadow: string | undefined;
  readonly connectivity:
    | {
        readonly connected: boolean;
        readonly timestamp?: number | undefined;
        readonly disconnectReason?: string | undefined;
      }
    | undefined;
}

/** A thing group as a search answers with it. */
export interface ThingGroupDocument {
  readonly thingGroupName: string;
  readonly thingGroupId: string;
  readonly thingGroupDescription: string | undefined;
  readonly attributes: Record<string, string>;
  readonly parentGroupNames: string[];
}

export function readThingDocument(
  database: RegistryDatabase,
  documents: ThingDocuments,
  configuration: IndexingConfiguration,
  id: number,
): ThingDocument | undefined {
  const row = database.statement('SELECT * FROM things WHERE id = ?').get(id);
  if (row === undefined) return undefined;
  const { thingName, thingId, thingTypeName, attributes }: Thing = toThing(row);
  const groups = groupNames(database, id).map(({ name }) => name);
  const things = configuration.thingIndexingConfiguration;
  return {
    thingName,
    thingId,
    thingTypeName,
    thingGroupNames: groups.length === 0 ? undefined : groups,
    attributes: { ...attributes },
    shadow: shadowText(documents.shadows(id), things),
    connectivity:
      things.thingConnectivityIndexingMode === 'STATUS'
        ? (documents.connectivity(id) ?? { connected: false })
        : undefined,
  };
}

export function readGroupDocument(
  database: RegistryDatabase,
  ancestors: (group: ThingGroup) => readonly ThingGroup[],
  id: number,
): ThingGroupDocument | undefined {
  const row = database.statement('SELECT * FROM thing_groups WHERE id = ?').get(id);
  if (row === undefined) return undefined;
  const group = toThingGroup(row);
  return {
    thingGroupName: group.thingGroupName,
    thingGroupId: group.thingGroupId,
    thingGroupDescription: group.description,
    attributes: { ...group.attributes },
    parentGroupNames: ancestors(group).map(({ thingGroupName }) => thingGroupName),
  };
}

function shadowText(
  shadows: ReadonlyMap<string, ShadowContent>,
  things: IndexingConfiguration['thingIndexingConfiguration'],
): string | undefined {
  const classic = things.thingIndexingMode === 'REGISTRY_AND_SHADOW' ? shadows.get('') : undefined;
  const names = things.namedShadowIndexingMode === 'ON' ? (things.filter?.namedShadowNames ?? []) : [];
  const named = names.flatMap((name) => {
    const content = shadows.get(name);
    return content === undefined ? [] : [[name, withDelta(content)] as const];
  });
  if (classic === undefined && named.length === 0) return undefined;
  return JSON.stringify({
    ...(classic === undefined ? {} : withDelta(classic)),
    ...(named.length === 0 ? {} : { name: Object.fromEntries(named) }),
  });
}

function withDelta(content: ShadowContent): ShadowContent & { readonly hasDelta: boolean } {
  return { ...content, hasDelta: hasDelta(content) };
}
