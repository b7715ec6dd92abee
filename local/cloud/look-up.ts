import { membershipOperations } from '../iot/api/operations/memberships.ts';
import { thingOperations } from '../iot/api/operations/things.ts';
import { AwsApiError } from '../errors.ts';
import type { Registry } from '../iot/registry/index.ts';
import type { Shadows } from '../iot/shadows/index.ts';
import type { ExternalParts } from './external-functions.ts';

/** What rules ask of things and shadows, both of which start after the rules engine. */
export class LateLookUp {
  #registry: Registry | undefined;
  #shadows: Shadows | undefined;

  connect(registry: Registry, shadows: Shadows): void {
    this.#registry = registry;
    this.#shadows = shadows;
  }

  readonly shadowText: ExternalParts['lookUp']['shadowText'] = (thingName, shadowName) =>
    this.#shadows?.readText(thingName, shadowName);

  /** `get_registry_data()` knows two operations. @throws AwsApiError */
  readonly registryData: ExternalParts['lookUp']['registryData'] = (api, thingName) => {
    const registry = this.#registry;
    if (registry === undefined) throw new Error('the registry has not started yet');
    if (api === 'DescribeThing') return thingOperations.DescribeThing({ thingName }, registry);
    if (api === 'ListThingGroupsForThing') {
      return membershipOperations.ListThingGroupsForThing({ thingName }, registry);
    }
    const message = `get_registry_data() knows DescribeThing and ListThingGroupsForThing, not ${api}`;
    throw new AwsApiError(400, 'InvalidRequestException', message);
  };
}
