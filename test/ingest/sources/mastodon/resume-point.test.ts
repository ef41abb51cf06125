import { describe, expect, it } from 'vitest';
import { createResumePoint } from '../../../../src/ingest/sources/mastodon/resume-point.ts';

const rewindMs = 100;

describe('resume point', () => {
  it('settles streamed statuses by age, once the timeline is caught up', () => {
    const resume = createResumePoint(rewindMs, '10');
    resume.onStreamOpened();
    resume.onStreamed('20', 0);
    resume.onStreamed('30', 50);
    expect(resume.settle(1_000)).toBe('10');
    resume.onCaughtUp();
    expect(resume.settle(99)).toBe('10');
    expect(resume.settle(120)).toBe('20');
    expect(resume.settle(150)).toBe('30');
  });

  it('settles fetched statuses while it catches up', () => {
    const resume = createResumePoint(rewindMs, '10');
    resume.onStreamOpened();
    resume.onStreamed('90', 0);
    resume.onFetched('11', 10);
    resume.onFetched('12', 950);
    expect(resume.settle(1_000)).toBe('11');
  });

  it('settles nothing while there is no stream, and then only what has been fetched again', () => {
    const resume = createResumePoint(rewindMs, '10');
    resume.onStreamOpened();
    resume.onCaughtUp();
    resume.onStreamed('20', 0);
    resume.onStreamed('30', 90);
    expect(resume.settle(110)).toBe('20');
    expect(resume.onStreamOpened()).toEqual({ from: '20', seen: ['30'] });
    expect(resume.settle(60_000)).toBe('20');
    resume.onFetched('25', 85);
    expect(resume.settle(60_000)).toBe('25');
    resume.onFetched('30', 90);
    resume.onCaughtUp();
    expect(resume.settle(60_000)).toBe('30');
  });

  it('does not go back when a late status has an earlier ID', () => {
    const resume = createResumePoint(rewindMs, undefined);
    resume.onStreamOpened();
    resume.onCaughtUp();
    resume.onStreamed('50', 0);
    resume.onStreamed('49', 10);
    expect(resume.settle(200)).toBe('50');
    resume.onStreamed('9', 300);
    expect(resume.settle(1_000)).toBe('50');
    expect(resume.newestStreamed()).toBe('50');
  });

  it('compares IDs as numbers, whatever their length', () => {
    const resume = createResumePoint(rewindMs, '9');
    resume.onStreamOpened();
    resume.onCaughtUp();
    resume.onStreamed('116000000000000001', 0);
    resume.onStreamed('99', 0);
    expect(resume.settle(100)).toBe('116000000000000001');
  });

  it('begins at the first status that is wanted, and only without a saved one', () => {
    const first = createResumePoint(rewindMs, undefined);
    expect(first.onStreamOpened().from).toBeUndefined();
    first.startAfter('7');
    expect(first.settle(0)).toBe('7');
    const resumed = createResumePoint(rewindMs, '3');
    resumed.startAfter('7');
    expect(resumed.settle(0)).toBe('3');
  });

  it('forgets deleted statuses', () => {
    const resume = createResumePoint(rewindMs, '10');
    resume.onStreamOpened();
    resume.onStreamed('20', 0);
    resume.onFetched('15', 0);
    resume.onDeleted('20');
    resume.onDeleted('15');
    expect(resume.onStreamOpened().seen).toEqual([]);
  });
});
