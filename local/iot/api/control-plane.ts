import type { ServiceHandler } from '../../endpoint/service.ts';
import { createIotHandler } from './handler.ts';
import type { BoundOperations } from './operation.ts';
import { bindAll, type ControlPlane } from './operations/index.ts';
import { RequestCounts } from './request-counts.ts';
import { createThrottle } from './throttle.ts';

/** Operations that change the thing of a connection, its groups or its attachments: what policies ask of it. */
const CHANGE_DEVICES = new Set([
  'AddThingToThingGroup',
  'AttachThingPrincipal',
  'CreateThing',
  'DeleteThing',
  'DeleteThingGroup',
  'DetachThingPrincipal',
  'RemoveThingFromThingGroup',
  'UpdateThing',
  'UpdateThingGroup',
  'UpdateThingGroupsForThing',
]);

/**
 * AWS IoT's control plane, for the signing names `iot` and `execute-api`.
 *
 * @param counts has every request counted. @default nobody reads it
 */
export function createControlPlane(plane: ControlPlane, counts = new RequestCounts()): ServiceHandler {
  const { limits, clock } = plane.registry.context;
  const { policiesChanged } = plane.security.changes;
  return createIotHandler({
    operations: bindAll(plane).map((operations) => tellAfter(operations, policiesChanged)),
    throttle: counts.around(createThrottle(limits.requestsPerSecond, () => clock.now())),
  });
}

function tellAfter(operations: BoundOperations, changed: () => void): BoundOperations {
  return new Map(
    [...operations].map(([name, operation]) => [
      name,
      CHANGE_DEVICES.has(name)
        ? async (input, caller) => {
            const output = await operation(input, caller);
            changed();
            return output;
          }
        : operation,
    ]),
  );
}
