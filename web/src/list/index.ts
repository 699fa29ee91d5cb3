export { ListPage } from "./list-page";
export { neighbour } from "./neighbours";
