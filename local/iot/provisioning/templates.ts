import { AwsApiError } from '../../errors.ts';
import { alreadyExists, iotError, notFound } from '../registry/errors.ts';
import type { SecurityContext } from '../registry/security-context.ts';
import { readProvisioningTemplate } from './template.ts';
import { templateStore, type TemplateRecord, type TemplateVersionRecord } from './templates-store.ts';

/** AWS IoT's quota of versions of one template. */
const MAX_VERSIONS = 5;

export interface NewTemplate {
  readonly name: string;
  readonly body: string;
  readonly roleArn: string;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
}

export interface TemplateChanges {
  readonly description?: string | undefined;
  readonly isEnabled?: boolean | undefined;
  readonly roleArn?: string | undefined;
  readonly defaultVersion?: number | undefined;
}

/** What of a template only fleet provisioning over MQTT would use, which is not served. */
export interface FleetSettings {
  readonly type: string | undefined;
  readonly preProvisioningHook: unknown;
}

/** @throws AwsApiError 501 `UnsupportedOperationException` by the name of what is asked for */
export function requireJustInTime({ type, preProvisioningHook }: FleetSettings): void {
  if (preProvisioningHook !== undefined) {
    throw notServed('A preProvisioningHook is called by fleet provisioning only, which is not served here.');
  }
  if (type === 'JITP') return;
  throw notServed(
    `Provisioning templates of the type ${type ?? 'FLEET_PROVISIONING'} are run by fleet provisioning over MQTT, ` +
      'which is not served here; those of the type JITP are.',
  );
}

/** @throws AwsApiError `ResourceNotFoundException` */
export function requireTemplate(context: SecurityContext, name: string): TemplateRecord {
  const template = templateStore(context.database).find(name);
  if (template === undefined) throw notFound('Provisioning template', name);
  return template;
}

/** @throws AwsApiError `ResourceNotFoundException` */
export function requireTemplateVersion(
  context: SecurityContext,
  { name }: TemplateRecord,
  version: number,
): TemplateVersionRecord {
  const found = templateStore(context.database)
    .versions(name)
    .find((one) => one.version === version);
  if (found === undefined) throw notFound('Provisioning template version', `${name}:${version}`);
  return found;
}

/**
 * A template with its version 1.
 *
 * @throws AwsApiError `InvalidRequestException`, `ResourceAlreadyExistsException`
 */
export function createTemplate(context: SecurityContext, wanted: NewTemplate): TemplateRecord {
  const { name, body, roleArn, description, isEnabled } = wanted;
  readProvisioningTemplate(body);
  const store = templateStore(context.database);
  if (store.find(name) !== undefined) {
    throw alreadyExists('Provisioning template', name, {
      resourceId: name,
      resourceArn: context.arns.of('provisioningtemplate', name),
    });
  }
  const createdAtMs = context.clock.now();
  const times = { createdAtMs, modifiedAtMs: createdAtMs };
  const template = { name, description, isEnabled, roleArn, defaultVersion: 1, nextVersion: 2, ...times };
  context.database.transaction(() => {
    store.put(template);
    store.putVersion(name, { version: 1, body, createdAtMs });
  });
  return template;
}

/** @throws AwsApiError `ResourceNotFoundException`, also for a default version that is not there */
export function updateTemplate(context: SecurityContext, name: string, changes: TemplateChanges): void {
  const before = requireTemplate(context, name);
  const { defaultVersion = before.defaultVersion } = changes;
  requireTemplateVersion(context, before, defaultVersion);
  templateStore(context.database).put({
    ...before,
    defaultVersion,
    description: changes.description ?? before.description,
    isEnabled: changes.isEnabled ?? before.isEnabled,
    roleArn: changes.roleArn ?? before.roleArn,
    modifiedAtMs: context.clock.now(),
  });
}

/** @throws AwsApiError `ResourceNotFoundException`, `DeleteConflictException` while there is more than one version */
export function deleteTemplate(context: SecurityContext, name: string): void {
  const { database } = context;
  const store = templateStore(database);
  requireTemplate(context, name);
  if (store.versions(name).length > 1) {
    throw iotError(
      'DeleteConflictException',
      `The provisioning template ${name} has more than its default version: delete the others first`,
    );
  }
  store.remove(name);
}

/**
 * Adds a version; numbers are never used again.
 *
 * @throws AwsApiError `ResourceNotFoundException`, `InvalidRequestException`, `VersionsLimitExceededException`
 */
export function createTemplateVersion(
  context: SecurityContext,
  name: string,
  body: string,
  setAsDefault: boolean,
): TemplateVersionRecord {
  const template = requireTemplate(context, name);
  readProvisioningTemplate(body);
  const store = templateStore(context.database);
  if (store.versions(name).length >= MAX_VERSIONS) {
    throw iotError(
      'VersionsLimitExceededException',
      `The provisioning template ${name} already has the maximum number of versions (${MAX_VERSIONS})`,
    );
  }
  const { nextVersion, defaultVersion } = template;
  const version = { version: nextVersion, body, createdAtMs: context.clock.now() };
  context.database.transaction(() => {
    store.putVersion(name, version);
    store.put({
      ...template,
      nextVersion: nextVersion + 1,
      defaultVersion: setAsDefault ? nextVersion : defaultVersion,
      modifiedAtMs: version.createdAtMs,
    });
  });
  return version;
}

/** @throws AwsApiError `ResourceNotFoundException`, `DeleteConflictException` for the default version */
export function deleteTemplateVersion(context: SecurityContext, name: string, version: number): void {
  const template = requireTemplate(context, name);
  requireTemplateVersion(context, template, version);
  if (version === template.defaultVersion) {
    throw iotError(
      'DeleteConflictException',
      `Version ${version} is the default version of the provisioning template ${name} and cannot be deleted`,
    );
  }
  templateStore(context.database).removeVersion(name, version);
}

function notServed(message: string): AwsApiError {
  return new AwsApiError(501, 'UnsupportedOperationException', message);
}
