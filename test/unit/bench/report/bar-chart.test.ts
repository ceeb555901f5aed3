import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { barChart, scaleFor } from '../../../../bench/report/bar-chart.ts';

const svg = barChart({
  title: 'Seconds & <more>',
  unit: 's',
  groups: [
    {
      label: '1 host',
      bars: [
        { name: 'provision', value: 0.2 },
        { name: 'mitogen', value: 20 },
      ],
    },
    { label: '10 hosts', bars: [{ name: 'provision', value: 2 }] },
  ],
});

describe('a chart', () => {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
  const bars = Array.from(document.getElementsByTagName('rect'));
  const number = (name: string) => (element: (typeof bars)[number]) => Number(element.getAttribute(name));

  it('is XML, whatever stands in its texts', () => {
    expect(document.documentElement?.getAttribute('aria-label')).toBe('Seconds & <more>');
  });

  it('has a bar for each value, longer by the same for each power of ten', () => {
    const [short = 0, long = 0, middle = 0] = bars.map(number('width'));
    expect(bars).toHaveLength(3);
    expect(long - middle).toBeCloseTo(middle - short, 0);
  });

  it('draws nothing over another or outside', () => {
    const tops = bars.map(number('y'));
    expect(tops.every((y, index) => index === 0 || y >= (tops[index - 1] ?? 0) + 16)).toBe(true);
    const height = Number(document.documentElement?.getAttribute('height'));
    expect(Math.max(...tops) + 16).toBeLessThan(height);
  });

  it('changes its ink on dark ground', () => expect(svg).toContain('prefers-color-scheme: dark'));
});

it('the scale goes over whole powers of ten, around one at least', () => {
  expect(scaleFor([0.03, 40]).ticks).toEqual([0.01, 0.1, 1, 10, 100]);
  expect(scaleFor([]).ticks).toEqual([1, 10]);
});
