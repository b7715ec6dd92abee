/** What the template says of AWS IoT's registry, named as the registry names it. */
export type CreatedIotResource =
  | CreatedIotPolicy
  | CreatedThingType
  | CreatedThingGroup
  | CreatedBillingGroup
  | CreatedProvisioningTemplate
  | CreatedCa
  | CreatedCertificate
  | CreatedThing
  | CreatedPolicyAttachment
  | CreatedThingAttachment;

interface Created {
  /** For messages: what the template calls it. */
  readonly logicalId: string;
  readonly name: string;
}

export interface CreatedIotPolicy extends Created {
  readonly kind: 'iot-policy';
  /** JSON. */
  readonly document: string;
}

export interface CreatedThingType extends Created {
  readonly kind: 'thing-type';
  readonly isDeprecated: boolean;
  readonly description: string | undefined;
  readonly searchableAttributes: readonly string[];
  /** With the API's names. */
  readonly mqtt5Configuration: unknown;
}

export interface CreatedThingGroup extends Created {
  readonly kind: 'thing-group';
  readonly parentGroupName: string | undefined;
  /** What makes a thing a member of a dynamic group; undefined for a static one. */
  readonly queryString: string | undefined;
  readonly description: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface CreatedBillingGroup extends Created {
  readonly kind: 'billing-group';
  readonly description: string | undefined;
}

export interface CreatedProvisioningTemplate extends Created {
  readonly kind: 'provisioning-template';
  readonly body: string;
  readonly roleArn: string;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
}

/** A CA; its name is its certificate id. */
export interface CreatedCa extends Created {
  readonly kind: 'ca-certificate';
  readonly pem: string;
  readonly verificationPem: string | undefined;
  readonly isActive: boolean;
  readonly isAutoRegistration: boolean;
  readonly mode: 'DEFAULT' | 'SNI_ONLY';
  readonly registrationConfig:
    | {
        readonly templateBody: string | undefined;
        readonly templateName: string | undefined;
        readonly roleArn: string | undefined;
      }
    | undefined;
}

/** A device's certificate; its name is its certificate id. */
export interface CreatedCertificate extends Created {
  readonly kind: 'iot-certificate';
  readonly pem: string;
  readonly caPem: string | undefined;
  readonly status: 'ACTIVE' | 'INACTIVE' | 'REVOKED';
  readonly mode: 'DEFAULT' | 'SNI_ONLY';
}

export interface CreatedThing extends Created {
  readonly kind: 'thing';
  readonly attributes: Readonly<Record<string, string>>;
}

/** A policy and what it is attached to. */
export interface CreatedPolicyAttachment extends Created {
  readonly kind: 'policy-attachment';
  readonly policyName: string;
  readonly principal: string;
}

/** A thing and the principal that is attached to it. */
export interface CreatedThingAttachment extends Created {
  readonly kind: 'thing-attachment';
  readonly thingName: string;
  readonly principal: string;
  readonly type: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING' | undefined;
}
