import {
  createTemplate,
  createTemplateVersion,
  deleteTemplate,
  deleteTemplateVersion,
  requireJustInTime,
  requireTemplate,
  requireTemplateVersion,
  updateTemplate,
} from '../../provisioning/templates.ts';
import { templateStore, type TemplateRecord } from '../../provisioning/templates-store.ts';
import { readPage, tokenOf } from '../../registry/paging.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';

/** How many templates or versions a page has unless the caller says. */
const DEFAULT_RESULTS = 25;

/** Provisioning templates and their versions. */
export const provisioningTemplateOperations = {
  CreateProvisioningTemplate(input, context) {
    const {
      templateName,
      templateBody,
      provisioningRoleArn,
      description,
      enabled = false,
      tags = [],
    } = input;
    requireJustInTime({ type: input.type, preProvisioningHook: input.preProvisioningHook });
    return context.database.transaction(() => {
      const template = createTemplate(context, {
        name: templateName,
        body: templateBody,
        roleArn: provisioningRoleArn,
        description,
        isEnabled: enabled,
      });
      const named = nameOf(context, template);
      context.tags.set(named.templateArn, tags);
      return { ...named, defaultVersionId: template.defaultVersion };
    });
  },

  DescribeProvisioningTemplate({ templateName }, context) {
    const template = requireTemplate(context, templateName);
    return {
      ...summaryOf(context, template),
      defaultVersionId: template.defaultVersion,
      templateBody: requireTemplateVersion(context, template, template.defaultVersion).body,
      provisioningRoleArn: template.roleArn,
    };
  },

  ListProvisioningTemplates(request, context) {
    const page = readPage(request, {
      scope: ['ListProvisioningTemplates'],
      defaultResults: DEFAULT_RESULTS,
      read: (after, limit) => templateStore(context.database).list(after, limit),
      keyOf: ({ name }) => name,
    });
    return { templates: page.items.map((template) => summaryOf(context, template)), ...tokenOf(page) };
  },

  UpdateProvisioningTemplate(input, context) {
    const { templateName, description, enabled, defaultVersionId, provisioningRoleArn } = input;
    requireJustInTime({ type: 'JITP', preProvisioningHook: input.preProvisioningHook });
    updateTemplate(context, templateName, {
      description,
      isEnabled: enabled,
      defaultVersion: defaultVersionId,
      roleArn: provisioningRoleArn,
    });
    return {};
  },

  DeleteProvisioningTemplate({ templateName }, context) {
    deleteTemplate(context, templateName);
    context.tags.remove(context.arns.of('provisioningtemplate', templateName));
    return {};
  },

  CreateProvisioningTemplateVersion({ templateName, templateBody, setAsDefault = false }, context) {
    const { version } = createTemplateVersion(context, templateName, templateBody, setAsDefault);
    const template = requireTemplate(context, templateName);
    return { ...nameOf(context, template), versionId: version, isDefaultVersion: setAsDefault };
  },

  DescribeProvisioningTemplateVersion({ templateName, versionId }, context) {
    const template = requireTemplate(context, templateName);
    const { version, body, createdAtMs } = requireTemplateVersion(context, template, versionId);
    return {
      versionId: version,
      creationDate: new Date(createdAtMs),
      templateBody: body,
      isDefaultVersion: version === template.defaultVersion,
    };
  },

  ListProvisioningTemplateVersions({ templateName, ...request }, context) {
    const { defaultVersion } = requireTemplate(context, templateName);
    const page = readPage(request, {
      scope: ['ListProvisioningTemplateVersions', templateName],
      defaultResults: DEFAULT_RESULTS,
      read: (after, limit) =>
        templateStore(context.database)
          .versions(templateName)
          .filter(({ version }) => version > Number(after))
          .slice(0, limit),
      keyOf: ({ version }) => String(version),
    });
    return {
      versions: page.items.map(({ version, createdAtMs }) => ({
        versionId: version,
        creationDate: new Date(createdAtMs),
        isDefaultVersion: version === defaultVersion,
      })),
      ...tokenOf(page),
    };
  },

  DeleteProvisioningTemplateVersion({ templateName, versionId }, context) {
    deleteTemplateVersion(context, templateName, versionId);
    return {};
  },
} satisfies OperationGroup<SecurityContext>;

function nameOf({ arns }: SecurityContext, { name }: TemplateRecord) {
  return { templateArn: arns.of('provisioningtemplate', name), templateName: name };
}

function summaryOf(context: SecurityContext, template: TemplateRecord) {
  return {
    ...nameOf(context, template),
    description: template.description,
    creationDate: new Date(template.createdAtMs),
    lastModifiedDate: new Date(template.modifiedAtMs),
    enabled: template.isEnabled,
    type: 'JITP',
  } as const;
}
