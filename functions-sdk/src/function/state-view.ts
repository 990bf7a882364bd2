/**
 * `context.state`: an object with exactly the declared properties, which can be enumerated, spread and printed. Its
 * accessors are made once for a function and shared by all its views, which V8 rewards with one hidden class.
 *
 * Invariants
 * - A property that is not declared can be neither added nor removed: a TypeError names it.
 */
import type { DeclaredState } from './state-declaration.js';
import type { StateImage } from './state-image.js';

type Accessors = readonly (readonly [name: string, accessor: PropertyDescriptor])[];

export class StateView {
  readonly #image: StateImage;

  private constructor(image: StateImage, accessors: Accessors) {
    this.#image = image;
    for (const [name, accessor] of accessors) Object.defineProperty(this, name, accessor);
    Object.preventExtensions(this);
  }

  /** Makes the views of a function with these states. */
  static factory(states: readonly DeclaredState[]): (image: StateImage) => object {
    const accessors = states.map(({ name }, index): Accessors[number] => [
      name,
      {
        enumerable: true,
        configurable: false,
        get(this: StateView): unknown {
          return this.#image.read(index);
        },
        set(this: StateView, value: unknown): void {
          this.#image.write(index, value);
        },
      },
    ]);
    return (image) => new StateView(image, accessors);
  }
}
