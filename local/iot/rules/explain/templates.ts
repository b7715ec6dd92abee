import { errorText } from '../../../../shared/errors.ts';
import type { MessageContext } from '../sql/context.ts';
import { compileTemplate } from '../sql/template.ts';

/** A parameter of an action that holds templates, filled in for one message. */
export interface ExplainedTemplate {
  /** `S3.Key`; undefined for a template that belongs to no action. */
  readonly place?: string;
  readonly source: string;
  /** Absent when it cannot be filled in, which fails the action. */
  readonly text?: string;
  readonly problem?: string;
}

/** Settings of actions are not deeper. */
const MAX_DEPTH = 20;

/** Fills in one template. @param context as the rule sees the message: variables of SET are found through it */
export function explainTemplate(source: string, context: MessageContext, place?: string): ExplainedTemplate {
  const named = place === undefined ? { source } : { place, source };
  try {
    return { ...named, text: compileTemplate(source).render(context) };
  } catch (thrown) {
    return { ...named, problem: errorText(thrown) };
  }
}

/** Fills in every parameter of an action, or of a list of them, that holds a template. */
export function explainAction(action: unknown, context: MessageContext): ExplainedTemplate[] {
  return inSettings(action, '', context, 0);
}

function inSettings(
  value: unknown,
  place: string,
  context: MessageContext,
  depth: number,
): ExplainedTemplate[] {
  if (typeof value === 'string') {
    return value.includes('${') ? [explainTemplate(value, context, place)] : [];
  }
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    inSettings(inner, place === '' ? key : `${place}.${key}`, context, depth + 1),
  );
}
