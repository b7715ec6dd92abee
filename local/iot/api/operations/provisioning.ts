import { registerThing, type ProvisioningPlace } from '../../provisioning/register-thing.ts';
import type { OperationGroup } from '../operation.ts';

/** Provisioning by a template that comes with the call. */
export const provisioningOperations = {
  RegisterThing({ templateBody, parameters = {} }, place) {
    const { certificatePem, resourceArns } = registerThing(place, templateBody, parameters);
    return { certificatePem, resourceArns: { ...resourceArns } };
  },
} satisfies OperationGroup<ProvisioningPlace>;
