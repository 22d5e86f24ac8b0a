// An application that takes accounts, with scimmy, at the port that it is told.
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const { PORT, TOKEN } = process.env;
const users = new Map();

const missing = (id) => new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
const told = (resource) => {
  if (resource.id && !users.has(resource.id)) throw missing(resource.id);
  return resource.id ? [users.get(resource.id)] : [...users.values()];
};

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .ingress((resource, instance) => {
    const [before] = resource.id ? told(resource) : [{ id: randomUUID() }];
    const name = instance.userName.toLowerCase();
    for (const other of users.values()) {
      if (other.id !== before.id && other.userName.toLowerCase() === name) {
        throw new SCIMMY.Types.Error(409, "uniqueness", "The user name is taken.");
      }
    }
    const user = { ...JSON.parse(JSON.stringify(instance)), id: before.id };
    users.set(user.id, user);
    return user;
  })
  .egress((resource) => {
    const found = told(resource);
    return resource.filter ? resource.filter.match(found) : found;
  })
  .degress((resource) => {
    told(resource);
    users.delete(resource.id);
  });

const app = express();
app.use(
  "/scim/v2",
  new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
      if (request.header("Authorization") !== `Bearer ${TOKEN}`) throw new Error("Wrong token");
      return "portal";
    },
  }),
);
app.listen(Number(PORT), "127.0.0.1");
