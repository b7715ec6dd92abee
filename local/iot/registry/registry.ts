import { createBillingGroups, type BillingGroups } from './billing-groups.ts';
import type { RegistryContext } from './context.ts';
import type { TableSet } from './database.ts';
import { createDynamicGroups, type DynamicGroups } from './dynamic-groups.ts';
import { createDynamicQueries, dynamicQueryTables } from './dynamic-queries.ts';
import { loggingTables } from './logging.ts';
import { createMemberships, type Memberships } from './memberships.ts';
import type { Page } from './paging.ts';
import { createPrincipals, type Principals, type PrincipalsOptions } from './principals.ts';
import { createIndexingConfigurations } from './search/configuration.ts';
import { createFleetIndex, type FleetIndex } from './search/fleet-index.ts';
import { createGroupDocuments } from './search/group-documents.ts';
import { searchIndices, searchTables } from './search/tables.ts';
import { createTermIndex } from './search/term-index.ts';
import {
  type ConnectivityContent,
  createThingDocuments,
  type ShadowContent,
} from './search/thing-documents.ts';
import { registryTables } from './tables.ts';
import { createTags, type Tags } from './tags.ts';
import type { Thing } from './thing.ts';
import { createThingGroups, type ThingGroups } from './thing-groups.ts';
import { listThings, type ThingFilter } from './thing-list.ts';
import { createThingTypes, type ThingTypes } from './thing-types.ts';
import { createThings, type Things } from './things.ts';
import { createTopicRules, topicRuleTables, type RulesControl, type TopicRules } from './topic-rules.ts';

/** What the registry keeps in the file; others may keep more in it. */
export const registryTableSets: readonly TableSet[] = [
  registryTables,
  searchTables,
  searchIndices,
  dynamicQueryTables,
  topicRuleTables,
  loggingTables,
];

/** Things, their types and groups, the search over them, and rules. */
export interface Registry {
  readonly context: RegistryContext;
  readonly things: Things;
  readonly thingTypes: ThingTypes;
  readonly thingGroups: ThingGroups;
  readonly dynamicGroups: DynamicGroups;
  readonly memberships: Memberships;
  readonly billingGroups: BillingGroups;
  readonly principals: Principals;
  readonly tags: Tags;
  readonly index: FleetIndex;
  readonly topicRules: TopicRules;
  listThings(filter: ThingFilter): Page<Thing>;
  /**
   * Brings a shadow into the index; nothing happens for a thing that is not registered.
   *
   * @param shadowName undefined for the classic one.
   * @param content undefined when the shadow was deleted.
   */
  indexShadow(thingName: string, shadowName: string | undefined, content: ShadowContent | undefined): void;
  /** Brings into the index whether a thing's device is connected. */
  indexConnectivity(thingName: string, content: ConnectivityContent): void;
  /** Whether a thing's device is connected; undefined when it never was. */
  connectivityOf(thing: Thing): ConnectivityContent | undefined;
  /** Empties everything that is in the file; the engine runs none of its rules any more. */
  reset(): void;
  close(): void;
}

export interface RegistryOptions {
  readonly rules: RulesControl;
  /** Whether a principal is there that a thing is to be attached to. @default all are */
  readonly principalExists?: PrincipalsOptions['exists'];
  /** Told of a thing group that goes, within the transaction: what others keep of it goes with it. */
  readonly groupGoes?: (thingGroupName: string) => void;
}

/** Puts the registry together on a file that has `registryTableSets`. */
export function createRegistry(context: RegistryContext, options: RegistryOptions): Registry {
  const { database } = context;
  const { rules, principalExists, groupGoes } = options;
  const tags = createTags(context);
  const terms = createTermIndex(database);
  const documents = createThingDocuments(database, terms);
  const principals = createPrincipals(
    context,
    principalExists === undefined ? {} : { exists: principalExists },
  );
  const thingTypes = createThingTypes(context, tags);
  const billingGroups = createBillingGroups(context, tags);
  const queries = createDynamicQueries(database);
  const memberships = createMemberships(context, documents, queries);
  const thingGroups = createThingGroups(context, {
    tags,
    documents: createGroupDocuments(terms),
    queries,
    removeMembers(group) {
      memberships.removeGroup(group);
      groupGoes?.(group.thingGroupName);
    },
  });
  const things = createThings(context, {
    types: thingTypes,
    billingGroups,
    memberships,
    principals,
    documents,
  });

  const index = createFleetIndex(context, {
    terms,
    documents,
    configurations: createIndexingConfigurations(database),
    groups: thingGroups,
  });

  return {
    context,
    things,
    thingTypes,
    thingGroups,
    dynamicGroups: createDynamicGroups(context, { queries, groups: thingGroups, memberships, index }),
    memberships,
    billingGroups,
    principals,
    tags,
    index,
    topicRules: createTopicRules(context, rules, tags),
    listThings: (filter) => listThings(database, terms, filter),
    indexShadow(thingName, shadowName, content) {
      const thing = things.find(thingName);
      if (thing !== undefined) documents.putShadow(thing.id, shadowName ?? '', content);
    },
    indexConnectivity(thingName, content) {
      const thing = things.find(thingName);
      if (thing !== undefined) documents.putConnectivity(thing.id, content);
    },
    connectivityOf: ({ id }) => documents.connectivity(id),
    reset() {
      const ruleNames = database.statement('SELECT name FROM topic_rules').all();
      database.reset();
      for (const { name } of ruleNames) rules.remove(String(name));
    },
    close: () => database.close(),
  };
}
