import { invalidRequest } from '../../registry/errors.ts';
import { tokenOf } from '../../registry/paging.ts';
import type { ThingPrincipalType } from '../../registry/principals.ts';
import type { Registry } from '../../registry/registry.ts';
import type { OperationGroup } from '../operation.ts';

/** Which principals are attached to which things. */
export const thingPrincipalOperations = {
  AttachThingPrincipal({ thingName, principal, thingPrincipalType }, { things, principals }) {
    principals.attach(things.require(thingName), principal, readType(thingPrincipalType));
    return {};
  },

  DetachThingPrincipal({ thingName, principal }, { things, principals }) {
    principals.detach(things.require(thingName), principal);
    return {};
  },

  ListThingPrincipals({ thingName, ...request }, { things, principals }) {
    const page = principals.attachmentsOf(things.require(thingName), request);
    return { principals: page.items.map(({ principal }) => principal), ...tokenOf(page) };
  },

  ListThingPrincipalsV2({ thingName, thingPrincipalType, ...request }, { things, principals }) {
    const filter = { ...request, type: readType(thingPrincipalType) };
    const page = principals.attachmentsOf(things.require(thingName), filter);
    return {
      thingPrincipalObjects: page.items.map(({ principal, type }) => ({
        principal,
        thingPrincipalType: type,
      })),
      ...tokenOf(page),
    };
  },

  ListPrincipalThings({ principal, ...request }, { principals }) {
    const page = principals.attachmentsTo(principal, request);
    return { things: page.items.map(({ thingName }) => thingName), ...tokenOf(page) };
  },

  ListPrincipalThingsV2({ principal, thingPrincipalType, ...request }, { principals }) {
    const page = principals.attachmentsTo(principal, { ...request, type: readType(thingPrincipalType) });
    return {
      principalThingObjects: page.items.map(({ thingName, type }) => ({
        thingName,
        thingPrincipalType: type,
      })),
      ...tokenOf(page),
    };
  },
} satisfies OperationGroup<Registry>;

const TYPES: readonly ThingPrincipalType[] = ['EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING'];

function readType(given: string | undefined): ThingPrincipalType | undefined {
  const type = TYPES.find((known) => known === given);
  if (given === undefined || type !== undefined) return type;
  throw invalidRequest(`The thingPrincipalType ${given} is not one of ${TYPES.join(', ')}`);
}
