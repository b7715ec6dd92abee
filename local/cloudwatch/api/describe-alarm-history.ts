import { z } from 'zod';
import { HISTORY_TYPES } from '../alarm/history.ts';
import { ALARM_ERRORS, cloudWatchError, readInput } from '../errors.ts';
import { notServed, pageOf, readToken, type CloudWatchContext } from './context.ts';
import { alarmTypes, maxRecords } from './describe-alarms.ts';
import type { Operation } from './handler.ts';

const inputSchema = z.object({
  AlarmName: z.string().optional(),
  AlarmContributorId: notServed('alarms with contributors'),
  AlarmTypes: alarmTypes,
  HistoryItemType: z.enum(HISTORY_TYPES).optional(),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  MaxRecords: maxRecords.default(100),
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
});

export function describeAlarmHistory({ book }: CloudWatchContext): Record<string, Operation> {
  return {
    DescribeAlarmHistory(input) {
      const read = readInput(inputSchema, input, ALARM_ERRORS);
      const {
        AlarmName,
        AlarmTypes = ['MetricAlarm'],
        HistoryItemType,
        StartDate,
        EndDate,
        MaxRecords,
      } = read;
      if (!AlarmTypes.includes('MetricAlarm')) return { AlarmHistoryItems: [] };
      const token = readToken(read.NextToken);
      const items = book.history.list({
        ...(AlarmName === undefined ? {} : { alarmName: AlarmName }),
        ...(HistoryItemType === undefined ? {} : { type: HistoryItemType }),
        ...(StartDate === undefined ? {} : { startMs: StartDate }),
        ...(EndDate === undefined ? {} : { endMs: EndDate }),
        ...(token === undefined ? {} : { after: placeOf(token) }),
        isAscending: read.ScanBy === 'TimestampAscending',
        limit: MaxRecords + 1,
      });
      const { page, ...next } = pageOf(items, MaxRecords, ({ number }) => String(number));
      const AlarmHistoryItems = page.map(({ alarmName, type, summary, data, atMs }) => ({
        AlarmName: alarmName,
        AlarmType: 'MetricAlarm',
        Timestamp: atMs,
        HistoryItemType: type,
        HistorySummary: summary,
        HistoryData: data,
      }));
      return { AlarmHistoryItems, ...next };
    },
  };
}

function placeOf(token: string): number {
  const place = Number(token);
  if (Number.isSafeInteger(place)) return place;
  throw cloudWatchError('InvalidNextToken', 'The NextToken is none that this operation has given.');
}
