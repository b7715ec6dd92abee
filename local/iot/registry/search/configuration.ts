import { z } from 'zod';
import { AwsApiError } from '../../../errors.ts';
import type { RegistryDatabase } from '../database.ts';
import { invalidRequest } from '../errors.ts';

const field = z.object({
  name: z.string(),
  type: z.enum(['Number', 'String', 'Boolean']).optional(),
});

const things = z.object({
  thingIndexingMode: z.enum(['OFF', 'REGISTRY', 'REGISTRY_AND_SHADOW']),
  thingConnectivityIndexingMode: z.enum(['OFF', 'STATUS']).optional(),
  deviceDefenderIndexingMode: z.enum(['OFF', 'VIOLATIONS']).optional(),
  namedShadowIndexingMode: z.enum(['OFF', 'ON']).optional(),
  customFields: z.array(field).optional(),
  filter: z
    .object({
      namedShadowNames: z.array(z.string()).optional(),
      geoLocations: z.array(z.unknown()).optional(),
    })
    .optional(),
});

const groups = z.object({
  thingGroupIndexingMode: z.enum(['OFF', 'ON']),
  customFields: z.array(field).optional(),
});

const configuration = z.object({
  thingIndexingConfiguration: things,
  thingGroupIndexingConfiguration: groups,
});

/** What is indexed. AWS_Things and AWS_ThingGroups are there when their modes are not OFF. */
export type IndexingConfiguration = z.infer<typeof configuration>;

const OFF: IndexingConfiguration = {
  thingIndexingConfiguration: { thingIndexingMode: 'OFF' },
  thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'OFF' },
};

/** Keeps the configuration. Both indices are off at first, as on AWS. */
export interface IndexingConfigurations {
  get(): IndexingConfiguration;
  /**
   * Changes either part, or both.
   *
   * @throws AwsApiError `InvalidRequestException`; 501 for violations of Device Defender and for locations.
   */
  update(changes: { readonly [Part in keyof IndexingConfiguration]?: unknown }): void;
}

export function createIndexingConfigurations(database: RegistryDatabase): IndexingConfigurations {
  let current = read(database);
  database.onReset(() => (current = read(database)));
  return {
    get: () => current,
    update({ thingIndexingConfiguration, thingGroupIndexingConfiguration }) {
      const parsed = configuration.safeParse({
        thingIndexingConfiguration: thingIndexingConfiguration ?? current.thingIndexingConfiguration,
        thingGroupIndexingConfiguration:
          thingGroupIndexingConfiguration ?? current.thingGroupIndexingConfiguration,
      });
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw invalidRequest(
          `The value at '${issue?.path.join('.') ?? ''}' is not valid: ${issue?.message ?? ''}`,
        );
      }
      requireServed(parsed.data);
      database
        .statement(
          `INSERT INTO search_configuration (id, content) VALUES (1, ?)
           ON CONFLICT DO UPDATE SET content = excluded.content`,
        )
        .run(JSON.stringify(parsed.data));
      current = parsed.data;
    },
  };
}

function read(database: RegistryDatabase): IndexingConfiguration {
  const row = database.statement('SELECT content FROM search_configuration').get();
  return row === undefined ? OFF : configuration.parse(JSON.parse(String(row['content'])));
}

function requireServed({ thingIndexingConfiguration: things }: IndexingConfiguration): void {
  if (things.deviceDefenderIndexingMode === 'VIOLATIONS')
    throw notServed('deviceDefenderIndexingMode VIOLATIONS');
  if ((things.filter?.geoLocations ?? []).length > 0) throw notServed('filter.geoLocations');
}

function notServed(what: string): AwsApiError {
  return new AwsApiError(501, 'UnsupportedOperationException', `Indexing with ${what} is not served here.`);
}
