import type { Calibration, CalibrationProgress } from '../../domain/calibration.ts';
import type { Label } from '../../domain/post.ts';
import type { TimeRange } from '../state/view-state.ts';
import { get, post } from './client.ts';

export interface SamplePost {
  readonly platform: string;
  readonly id: string;
  readonly text: string;
  readonly createdAt: string;
  readonly lang: string;
  readonly author: string | null;
  readonly url: string | null;
}

export interface Sample extends TimeRange {
  readonly posts: readonly SamplePost[];
  readonly progress: CalibrationProgress;
}

/** The next posts of the brand's random sample that have no label yet. */
export const fetchSample = (brand: string, range: Partial<TimeRange>, signal: AbortSignal) =>
  get<Sample>('calibrations/sample', { brand, ...range, limit: '50', unlabeled: 'true' }, signal);

/** Null takes a label back. */
export const sendLabel = (brand: string, { from, to }: TimeRange, { platform, id }: SamplePost, label: Label | null) =>
  post<{ readonly progress: CalibrationProgress }>('calibrations/labels', { brand, from, to, labels: [{ platform, id, label }] });

export const fitCalibration = (brand: string, { from, to }: TimeRange) =>
  post<{ readonly calibration: Calibration; readonly progress: CalibrationProgress }>('calibrations', { brand, from, to });
