/** Distances and speeds on the earth, taken as a sphere (off by at most 0.6 %). Degrees, kilometres, hours. */
import type { Values } from '../values.js';
import { withValues } from './definition.js';
import type { FunctionDefinition } from './definition.js';

/** The mean radius (IUGG). */
const EARTH_RADIUS_KM = 6371.0088;

/** By the haversine formula; NaN for places that are not on the earth. */
function distanceKm(lat1: number, lon1: number, lat2: number, lon2: number): number {
  if (!(Math.abs(lat1) <= 90 && Math.abs(lat2) <= 90)) return NaN;
  const radians = Math.PI / 180;
  const dLat = Math.sin(((lat2 - lat1) * radians) / 2) ** 2;
  const dLon = Math.sin(((lon2 - lon1) * radians) / 2) ** 2;
  const half = dLat + Math.cos(lat1 * radians) * Math.cos(lat2 * radians) * dLon;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, half)));
}

/** Infinite for two places at once; 0 for one place. */
function speedKmh(values: Values, lat1: number, lon1: number, lat2: number, lon2: number, took: unknown): number {
  const km = distanceKm(lat1, lon1, lat2, lon2);
  const hours = Math.abs(values.milliseconds(took)) / 3_600_000;
  return km === 0 ? 0 : km / hours;
}

export const geography: readonly FunctionDefinition[] = [
  {
    name: 'geo.distanceKm',
    description:
      'The distance between two places, each by latitude and longitude in degrees, in kilometres along the surface.',
    example: 'math.round(geo.distanceKm(52.37, 4.90, 48.86, 2.35)) == 430.0',
    overloads: { 'geo.distanceKm(double, double, double, double) -> double': distanceKm },
  },
  {
    name: 'geo.speedKmh',
    description:
      'The speed in km/h of who was at one place and then, a duration later, at another. Infinite when no time passed.',
    example: 'geo.speedKmh(52.37, 4.90, 48.86, 2.35, duration("30m")) > 800.0',
    overloads: {
      'geo.speedKmh(double, double, double, double, duration) -> double': withValues(
        (values) => (lat1: number, lon1: number, lat2: number, lon2: number, took: unknown) =>
          speedKmh(values, lat1, lon1, lat2, lon2, took),
      ),
    },
  },
];
