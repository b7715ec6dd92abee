import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CertificateStateException,
  CreateThingCommand,
  DescribeCACertificateCommand,
  DescribeCertificateCommand,
  DetachThingPrincipalCommand,
  InvalidRequestException,
  ListThingPrincipalsCommand,
  ResourceAlreadyExistsException,
  UpdateCertificateCommand,
  UpdateThingCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { withRetries, type RetryOptions } from '../../shared/retry.ts';
import { undefinedIfMissing } from '../../shared/undefined-if-missing.ts';

/** A certificate as AWS IoT has it registered. */
export interface RegisteredCertificate {
  readonly certificateArn: string;
  readonly status: string;
  readonly certificatePem: string;
  /** When it was registered, in milliseconds since the epoch. */
  readonly registeredAtMs: number;
  /** Absent for certificates that no CA of the account has signed. */
  readonly caCertificateId?: string;
}

export interface RegisteredCa {
  readonly status: string;
  readonly certificatePem: string;
  /** Whether AWS IoT itself provisions its devices, by a template: just-in-time provisioning. */
  readonly hasTemplate: boolean;
}

export interface NewThing {
  readonly thingName: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly thingTypeName?: string | undefined;
  readonly billingGroupName?: string | undefined;
}

/**
 * What activation asks of AWS IoT's control plane, each method one call. What fails for a reason that may pass is
 * tried again inside; the answers that mean something to a step are values, and everything else is thrown.
 */
export interface ControlPlane {
  /** undefined when it is not there (any more). */
  describeCertificate(certificateId: string): Promise<RegisteredCertificate | undefined>;
  describeCa(caCertificateId: string): Promise<RegisteredCa | undefined>;
  /** The same call again is answered with `there` too. `different`: a thing with other attributes has the name. */
  createThing(thing: NewThing): Promise<'there' | 'different'>;
  /** Lays attributes over those that a thing has. `refused`: they would be more than a thing of its type may have. */
  updateThing(thingName: string, attributes: Readonly<Record<string, string>>): Promise<'done' | 'refused'>;
  /** ARNs of what is attached to a thing; more than a page of them is nobody's device. */
  principalsOf(thingName: string): Promise<readonly string[]>;
  attachToThing(thingName: string, principal: string): Promise<void>;
  /** Also of what is not attached. */
  detachFromThing(thingName: string, principal: string): Promise<void>;
  /** `missing`: there is no such group. */
  addToGroup(thingName: string, thingGroupName: string): Promise<'done' | 'missing'>;
  /** `missing`: there is no such policy. */
  attachPolicy(policyName: string, principal: string): Promise<'done' | 'missing'>;
  /** `refused`: no way leads from its status to that one; REVOKED is for good. */
  setStatus(certificateId: string, status: 'ACTIVE' | 'INACTIVE' | 'REVOKED'): Promise<'done' | 'refused'>;
}

/** The client must not retry by itself: tries would multiply, and would not know the deadline. */
export function createControlPlane(client: IoTClient, retry: RetryOptions): ControlPlane {
  const tried = <Result>(call: () => Promise<Result>): Promise<Result> => withRetries(call, retry);

  return {
    async describeCertificate(certificateId) {
      const answer = await undefinedIfMissing(() =>
        tried(() => client.send(new DescribeCertificateCommand({ certificateId }))),
      );
      const { certificateArn, status, certificatePem, caCertificateId, creationDate } =
        answer?.certificateDescription ?? {};
      if (certificateArn === undefined || status === undefined || certificatePem === undefined)
        return undefined;
      const registeredAtMs = creationDate?.getTime() ?? 0;
      const ofCa = caCertificateId ? { caCertificateId } : {};
      return { certificateArn, status, certificatePem, registeredAtMs, ...ofCa };
    },

    async describeCa(certificateId) {
      const answer = await undefinedIfMissing(() =>
        tried(() => client.send(new DescribeCACertificateCommand({ certificateId }))),
      );
      const { status, certificatePem } = answer?.certificateDescription ?? {};
      if (status === undefined || certificatePem === undefined) return undefined;
      const { templateBody, templateName } = answer?.registrationConfig ?? {};
      return { status, certificatePem, hasTemplate: Boolean(templateBody ?? templateName) };
    },

    async createThing({ thingName, attributes, thingTypeName, billingGroupName }) {
      const command = new CreateThingCommand({
        thingName,
        attributePayload: { attributes },
        ...(thingTypeName === undefined ? {} : { thingTypeName }),
        ...(billingGroupName === undefined ? {} : { billingGroupName }),
      });
      try {
        await tried(() => client.send(command));
        return 'there';
      } catch (error) {
        if (error instanceof ResourceAlreadyExistsException) return 'different';
        throw error;
      }
    },

    async updateThing(thingName, attributes) {
      const attributePayload = { attributes, merge: true };
      try {
        await tried(() => client.send(new UpdateThingCommand({ thingName, attributePayload })));
        return 'done';
      } catch (error) {
        if (error instanceof InvalidRequestException) return 'refused';
        throw error;
      }
    },

    async principalsOf(thingName) {
      const { principals = [] } = await tried(() =>
        client.send(new ListThingPrincipalsCommand({ thingName })),
      );
      return principals;
    },

    async attachToThing(thingName, principal) {
      await tried(() => client.send(new AttachThingPrincipalCommand({ thingName, principal })));
    },

    async detachFromThing(thingName, principal) {
      await undefinedIfMissing(() =>
        tried(() => client.send(new DetachThingPrincipalCommand({ thingName, principal }))),
      );
    },

    async addToGroup(thingName, thingGroupName) {
      const command = new AddThingToThingGroupCommand({ thingName, thingGroupName });
      return (await undefinedIfMissing(() => tried(() => client.send(command)))) === undefined
        ? 'missing'
        : 'done';
    },

    async attachPolicy(policyName, target) {
      const command = new AttachPolicyCommand({ policyName, target });
      return (await undefinedIfMissing(() => tried(() => client.send(command)))) === undefined
        ? 'missing'
        : 'done';
    },

    async setStatus(certificateId, newStatus) {
      try {
        await tried(() => client.send(new UpdateCertificateCommand({ certificateId, newStatus })));
        return 'done';
      } catch (error) {
        if (error instanceof CertificateStateException) return 'refused';
        throw error;
      }
    },
  };
}
