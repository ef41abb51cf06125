import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import { dayMs } from './duration.ts';

/** The public holidays of a country or region. */
export interface PublicHolidays {
  /** The English name of the holiday on a day (days since 1970 in local time); undefined on other days. */
  nameOn(localDay: number): string | undefined;
}

const cache = new Map<string, PublicHolidays>();

/** @param country ISO 3166: `DE`, or with a region `DE-BY`; one that is unknown has no holidays */
export function publicHolidays(country: string): PublicHolidays {
  const known = cache.get(country) ?? createPublicHolidays(country);
  cache.set(country, known);
  return known;
}

export function isKnownCountry(country: string): boolean {
  const [name = '', region] = country.split('-');
  const all = new (loadLibrary())();
  return name in all.getCountries() && (region === undefined || region in (all.getStates(name) ?? {}));
}

function createPublicHolidays(country: string): PublicHolidays {
  const [name = '', region] = country.split('-');
  let calendar: Holidays | undefined;
  const years = new Map<number, ReadonlyMap<number, string>>();
  const readYear = (year: number): ReadonlyMap<number, string> => {
    const Library = loadLibrary();
    calendar ??= region === undefined ? new Library(name) : new Library(name, region);
    const days = new Map<number, string>();
    for (const { date, start, end, type, name: title } of calendar.getHolidays(year, 'en')) {
      if (type !== 'public') continue;
      const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / dayMs;
      const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / dayMs));
      for (let day = first; day < first + length; day += 1) days.set(day, title);
    }
    return days;
  };
  return {
    nameOn: (localDay) => {
      const year = new Date(localDay * dayMs).getUTCFullYear();
      const days = years.get(year) ?? readYear(year);
      years.set(year, days);
      return days.get(localDay);
    },
  };
}

/** Loaded when it is first needed, because that takes 0.3 seconds and 25 MB of memory. */
function loadLibrary(): typeof Holidays {
  return createRequire(import.meta.url)('date-holidays');
}
