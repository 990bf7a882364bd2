// A stock and carts, with Apache StateFun's own SDK and nothing of Tidegate: `node functions.cjs [PORT]`.
const { createServer } = require('node:http');
const { StateFun, messageBuilder, egressMessageBuilder } = require('apache-flink-statefun');

const RestockItem = StateFun.jsonType('com.example/RestockItem');
const RequestItem = StateFun.jsonType('com.example/RequestItem');
const ItemAvailability = StateFun.jsonType('com.example/ItemAvailability');
const AddToCart = StateFun.jsonType('com.example/AddToCart');
const Checkout = StateFun.jsonType('com.example/Checkout');
const Basket = StateFun.jsonType('com.example/Basket');
const EgressRecord = StateFun.jsonType('io.statefun.playground/EgressRecord');

const functions = new StateFun();

// One for each item: how many there are.
functions.bind({
  typename: 'com.example/stock',
  specs: [{ name: 'stock', type: StateFun.intType() }],
  fn(context, message) {
    const stock = context.storage.stock ?? 0;
    if (message.is(RestockItem)) {
      context.storage.stock = stock + message.as(RestockItem).quantity;
    } else if (message.is(RequestItem)) {
      const { quantity } = message.as(RequestItem);
      const status = stock >= quantity ? 'INSTOCK' : 'OUTOFSTOCK';
      if (status === 'INSTOCK') context.storage.stock = stock - quantity;
      const { typename, id } = context.caller;
      context.send(messageBuilder({ typename, id, value: { status, quantity }, valueType: ItemAvailability }));
    }
  },
});

// One for each user: what is in the basket.
functions.bind({
  typename: 'com.example/user-shopping-cart',
  specs: [{ name: 'basket', type: Basket }],
  fn(context, message) {
    const basket = context.storage.basket ?? {};
    if (message.is(AddToCart)) {
      const { itemId, quantity } = message.as(AddToCart);
      const stock = { typename: 'com.example/stock', id: itemId };
      context.send(messageBuilder({ ...stock, value: { quantity }, valueType: RequestItem }));
    } else if (message.is(ItemAvailability)) {
      const { status, quantity } = message.as(ItemAvailability);
      const item = context.caller.id;
      if (status === 'INSTOCK') context.storage.basket = { ...basket, [item]: (basket[item] ?? 0) + quantity };
    } else if (message.is(Checkout)) {
      const items = Object.entries(basket).map(([item, quantity]) => `${item}: ${quantity}`);
      const payload = JSON.stringify({ userId: context.self.id, details: items.join(', ') });
      context.send(
        egressMessageBuilder({
          typename: 'io.statefun.playground/egress',
          value: { topic: 'receipts', payload },
          valueType: EgressRecord,
        }),
      );
    }
  },
});

const server = createServer(functions.handler()).listen(Number(process.argv[2] ?? 1108), () => {
  console.log(`functions are served at http://localhost:${server.address().port}/`);
});
