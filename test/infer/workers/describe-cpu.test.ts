import { expect, test } from 'vitest';
import { describeCpu, describeFlags, parseCpuinfo } from '../../../src/infer/workers/describe-cpu.ts';

const avx512 = 'fpu sse2 avx2 avx512f avx512dq avx512bw avx512vl';

test.each([
  ['x64', 'fpu sse2 ssse3', 'x64 with SSE2'],
  ['x64', 'fpu sse2 avx2 fma', 'x64 with AVX2 without VNNI'],
  ['x64', 'fpu sse2 avx2 fma avx_vnni', 'x64 with AVX-VNNI'],
  ['x64', avx512, 'x64 with AVX-512 without VNNI'],
  ['x64', `${avx512} avx512_vnni`, 'x64 with AVX-512 VNNI'],
  ['x64', `${avx512} avx512_vnni amx_bf16 amx_tile amx_int8`, 'x64 with AMX'],
  ['x64', 'fpu sse2 avx2 avx512f avx512_vnni', 'x64 with AVX2 without VNNI'],
  ['arm64', 'fp asimd', 'arm64 with NEON'],
  ['arm64', 'fp asimd asimddp', 'arm64 with dot product'],
  ['arm64', 'fp asimd asimddp i8mm', 'arm64 with I8MM'],
  ['arm64', '', 'arm64'],
  ['riscv64', 'v', 'riscv64'],
])('%s with the flags %j is described as %s', (architecture, flags, description) => {
  expect(describeFlags(architecture, flags.split(' '))).toBe(description);
});

test('flags are read from x86 and ARM formats of /proc/cpuinfo', () => {
  expect(parseCpuinfo('processor\t: 0\nmodel name\t: flags : x\nflags\t\t: fpu avx2\nbugs\t\t: spectre\n\nflags\t\t: other\n')).toEqual([
    'fpu',
    'avx2',
  ]);
  expect(parseCpuinfo('processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n')).toEqual(['fp', 'asimd']);
  expect(parseCpuinfo('')).toEqual([]);
});

test('this CPU is described', async () => {
  expect(await describeCpu()).toMatch(new RegExp(`^${process.arch}`));
});
