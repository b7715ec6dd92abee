import { AwsApiError, ConfigurationError } from '../errors.ts';
import type { RegistryDatabase } from '../iot/registry/database.ts';
import type { CreatedIotResource } from '../template/resource-types/iot-created.ts';
import type { Plan } from '../template/plan.ts';
import {
  ensureResource,
  KINDS_IN_ORDER,
  removableSchema,
  removeResource,
  type IotPlace,
  type RemovableResource,
} from './iot-resource-kinds.ts';

type Kind = CreatedIotResource['kind'];

/** Something that an earlier template made, this one has not, and that is still in use. */
export interface LeftResource {
  readonly kind: Kind;
  readonly name: string;
  readonly error: AwsApiError;
}

export interface IotResourcesOptions extends IotPlace {
  /** Told of what could not be removed. @default nobody */
  readonly left?: (resource: LeftResource) => void;
}

/**
 * Brings AWS IoT's registry to what the template says:
 *
 *     not there ─────────────────────────────▶ made
 *     there, and the template said the same ─▶ stays as it is, also what the API has changed of it
 *     there, and the template said otherwise ▶ updated
 *     of an earlier template only ───────────▶ removed, or left while it is in use
 *
 * @throws ConfigurationError IOT_RESOURCE_REFUSED, with the logical id, for what the registry does not take
 */
export function ensureIotResources(creations: Plan['creations'], options: IotResourcesOptions): void {
  const wanted = inOrder(creations.filter(isIotResource));
  const { database } = options.security;
  const recorded = readRecorded(database);
  const names = new Set(wanted.map(keyOf));
  const gone = recorded.filter((one) => !names.has(keyOf(one)));
  for (const { resource } of gone.toReversed()) {
    removeOne(options, resource);
    forget(database, resource);
  }
  const before = new Map(recorded.map((one) => [keyOf(one), one.content]));
  for (const resource of wanted) {
    const content = JSON.stringify(resource);
    const isUnchanged = content === before.get(keyOf(resource));
    ensureOne(options, resource, isUnchanged);
    if (!isUnchanged) record(database, resource, content);
  }
}

function ensureOne(options: IotResourcesOptions, resource: CreatedIotResource, isUnchanged: boolean): void {
  const { logicalId, kind, name } = resource;
  try {
    options.security.database.transaction(() => ensureResource(options, resource, isUnchanged));
  } catch (thrown) {
    if (!(thrown instanceof AwsApiError)) throw thrown;
    throw new ConfigurationError(
      `resource "${logicalId}" (${kind} ${name}) cannot be made: ${thrown.message} (${thrown.code}). ` +
        'Where the registry holds an older one, `npx glasshouse reset` begins anew.',
      { code: 'IOT_RESOURCE_REFUSED', data: { logicalId, kind, name }, cause: thrown },
    );
  }
}

function removeOne(options: IotResourcesOptions, resource: RemovableResource): void {
  try {
    options.security.database.transaction(() => removeResource(options, resource));
  } catch (error) {
    if (!(error instanceof AwsApiError)) throw error;
    options.left?.({ kind: resource.kind, name: resource.name, error });
  }
}

function isIotResource(creation: Plan['creations'][number]): creation is CreatedIotResource {
  return isKind(creation.kind);
}

function isKind(kind: string): kind is Kind {
  return KINDS_IN_ORDER.some((one) => one === kind);
}

/** By kind; thing groups after the groups that they are below. */
function inOrder(resources: readonly CreatedIotResource[]): CreatedIotResource[] {
  const groups = new Map(
    resources.flatMap((one) =>
      one.kind === 'thing-group' ? [[one.name, one.parentGroupName] as const] : [],
    ),
  );
  const depthOf = ({ kind, name }: CreatedIotResource): number => {
    let depth = 0;
    let parent = kind === 'thing-group' ? groups.get(name) : undefined;
    // A circle ends here, and is refused when its first group looks for its parent.
    while (parent !== undefined && depth < groups.size) {
      depth += 1;
      parent = groups.get(parent);
    }
    return depth;
  };
  return resources.toSorted(
    (a, b) => KINDS_IN_ORDER.indexOf(a.kind) - KINDS_IN_ORDER.indexOf(b.kind) || depthOf(a) - depthOf(b),
  );
}

interface Recorded extends Pick<CreatedIotResource, 'kind' | 'name'> {
  readonly resource: RemovableResource;
  /** The resource, as JSON. */
  readonly content: string;
}

function keyOf({ kind, name }: Pick<CreatedIotResource, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** What the template of the last start has made, in the order in which it was. */
function readRecorded(database: RegistryDatabase): Recorded[] {
  return database
    .statement('SELECT content FROM template_iot_resources ORDER BY place')
    .all()
    .map((row) => {
      const content = String(row['content']);
      const resource = removableSchema.parse(JSON.parse(content));
      return { kind: resource.kind, name: resource.name, resource, content };
    });
}

function record(database: RegistryDatabase, resource: CreatedIotResource, content: string): void {
  database.transaction(() => {
    forget(database, resource);
    database
      .statement('INSERT INTO template_iot_resources (kind, name, content) VALUES (?, ?, ?)')
      .run(resource.kind, resource.name, content);
  });
}

function forget(database: RegistryDatabase, { kind, name }: RemovableResource): void {
  database.statement('DELETE FROM template_iot_resources WHERE kind = ? AND name = ?').run(kind, name);
}
