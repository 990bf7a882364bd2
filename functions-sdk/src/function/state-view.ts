/**
 * `context.state`: an object with exactly the declared properties, which can be enumerated and spread. Each handler that may wait
 * has one of its own, so it has to cost little: a proxy of a shape that all views of a function share. With accessors of its own a
 * view would take ten times as long to make.
 *
 * Invariants
 * - A property that is not declared can be neither added nor removed: a TypeError names it.
 * - A view can be used for as long as the image is lent to it.
 */
import type { DeclaredState } from './state-declaration.js';
import type { StateImage } from './state-image.js';

/** Of a function: what its views have in common. */
interface Shape {
  readonly target: object;
  /** The places of states by their names. */
  readonly places: ReadonlyMap<string | symbol, number>;
}

export class StateView implements ProxyHandler<object> {
  readonly #image: StateImage;
  readonly #places: Shape['places'];

  private constructor(image: StateImage, places: Shape['places']) {
    this.#image = image;
    this.#places = places;
  }

  /** Makes the views of a function with these states; an image is lent to the one that was made of it last. */
  static factory(states: readonly DeclaredState[]): (image: StateImage) => object {
    const { target, places } = shapeOf(states);
    return (image) => {
      const view = new StateView(image, places);
      image.lendTo(view);
      return new Proxy(target, view);
    };
  }

  get(target: object, name: string | symbol): unknown {
    const place = this.#places.get(name);
    return place === undefined ? Reflect.get(target, name) : this.#image.read(place, this);
  }

  set(_target: object, name: string | symbol, value: unknown): boolean {
    const place = this.#places.get(name);
    if (place === undefined) return false;
    this.#image.write(place, value, this);
    return true;
  }
}

/** Its properties are accessors, as a proxy must say of others what they are. */
function shapeOf(states: readonly DeclaredState[]): Shape {
  const target = {};
  const accessor = { enumerable: true, configurable: false, get: () => undefined, set: () => undefined };
  for (const { name } of states) Object.defineProperty(target, name, accessor);
  return { target: Object.preventExtensions(target), places: new Map(states.map(({ name }, place) => [name, place])) };
}
