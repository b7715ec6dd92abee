import { z } from 'zod';
import { UNFILLED_REASONS } from './variables.ts';

/** A statement that a decision has to do with, as it reads for the connection. */
const statementViewSchema = z
  .object({
    policyName: z.string(),
    /** 1 is the first of its policy. */
    position: z.number().int(),
    sid: z.string().optional(),
    effect: z.enum(['Allow', 'Deny']),
    /** With values in place of the variables that have one. */
    resources: z.array(z.string()),
    isNotResource: z.boolean(),
  })
  .readonly();

/** Why a statement with the right action did not apply. */
const nearMissSchema = z
  .object({
    statement: statementViewSchema,
    /** What the resources would have to match; absent when they do match and a condition does not hold. */
    resource: z.string().optional(),
    /** Variables that stayed text, and why. */
    unfilled: z.array(z.object({ variable: z.string(), reason: z.enum(UNFILLED_REASONS) })),
    /** Conditions that do not hold. */
    conditions: z.array(
      z.object({
        operator: z.string(),
        key: z.string(),
        wanted: z.array(z.string()),
        /** Empty when the request has no value under that key. */
        actual: z.array(z.string()),
      }),
    ),
  })
  .readonly();

/** What the gateway has refused, whatever policies say. */
const refusalSchema = z
  .object({
    /** In the words of AWS's lifecycle events (`FORBIDDEN_ACCESS`, `CLIENT_ERROR`, …); absent for what was ignored. */
    reason: z.string().optional(),
    /** What exactly is wrong. */
    detail: z.string(),
    /** What became of it: the connection ended, the client was told, or nothing happened at all. */
    effect: z.enum(['disconnected', 'answered', 'ignored']),
  })
  .readonly();

/** Why a request was allowed or denied, as JSON holds it. */
export const explanationSchema = z
  .object({
    action: z.string(),
    resource: z.string(),
    outcome: z.enum(['allowed', 'explicit-deny', 'default-deny', 'refused']),
    /** Every policy that was asked. */
    policyNames: z.array(z.string()),
    /** The statement that decided; a default deny has none. */
    decidedBy: statementViewSchema.optional(),
    /** For a default deny: the statements that came nearest, the nearest first. */
    nearMisses: z.array(nearMissSchema),
    /** What is probably wrong, in sentences. */
    hints: z.array(z.string()),
    /** For what was refused: why. No policy was asked then. */
    refusal: refusalSchema.optional(),
  })
  .readonly();

export type StatementView = z.infer<typeof statementViewSchema>;
export type NearMiss = z.infer<typeof nearMissSchema>;
export type Refusal = z.infer<typeof refusalSchema>;
export type Explanation = z.infer<typeof explanationSchema>;
