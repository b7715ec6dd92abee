import { z } from 'zod';
import { ActionError, defineAction, roleArn, templateText, type ActionKind } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';
import { jsonOf } from './result-text.ts';

/** Indexes the SELECT result as a document: kept in the outbox. Elasticsearch is what OpenSearch was called before. */
function define(name: 'OpenSearch' | 'Elasticsearch'): ActionKind {
  return defineAction({
    name,
    failedAction: `${name}Action`,
    settings: z.strictObject({
      Endpoint: templateText,
      Index: templateText,
      Type: templateText,
      Id: templateText,
      RoleArn: roleArn,
    }),
    prepare: ({ Endpoint, Index, Type, Id, RoleArn }) => ({
      resource: Endpoint,
      run: async (endpoint, invocation, services) => {
        const { context, result, ruleName } = invocation;
        const [index, type, id] = [Index.render(context), Type.render(context), Id.render(context)];
        if (index === '' || id === '') {
          throw new ActionError('PARAMETER_INVALID', 'the index or the id is empty for this message');
        }
        const document = jsonOf(result, name);
        const keep = requireService(services, 'keep');
        requirePermission(services, invocation, RoleArn, 'es:ESHttpPut', ({ region, accountId }) => {
          return `arn:aws:es:${region}:${accountId}:domain/${domainOf(endpoint)}/${index}/${type}/${id}`;
        });
        keep('open-search', { ruleName, endpoint, index, type, id, document });
      },
    }),
  });
}

export const openSearch = define('OpenSearch');
export const elasticsearch = define('Elasticsearch');

/**
 * The domain in an endpoint of the service, `https://search-<domain>-<26 characters>.<region>.es.amazonaws.com`.
 *
 * @throws ActionError PARAMETER_INVALID
 */
function domainOf(endpoint: string): string {
  const host = URL.parse(endpoint)?.hostname ?? '';
  const domain =
    /^(?:search-)?([a-z][a-z0-9-]*?)(?:-[a-z0-9]{26})?\.[a-z0-9-]+\.(?:es|aos)\.amazonaws\.com$/.exec(
      host,
    )?.[1];
  if (domain !== undefined) return domain;
  throw new ActionError(
    'PARAMETER_INVALID',
    `the endpoint "${endpoint.slice(0, 200)}" is none of Amazon OpenSearch Service`,
  );
}
