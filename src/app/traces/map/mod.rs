//! The map of services: who calls whom, where errors travel, and what each service says in numbers.
//!
//! | file | is about |
//! |---|---|
//! | `graph` | the services and their calls, functions once, healthy ends put together |
//! | `layers`, `order` | which layer each stands in, and in which order |
//! | `place`, `route` | rows of boxes, lanes of lines |
//! | `layout` | all of that as cells of a canvas |
//! | `stroke` | what of the lines is seen in each cell |
//! | `walk` | the arrows |
//! | `state` | what is on screen and under the cursor |

mod graph;
mod layers;
mod layout;
mod order;
mod place;
mod route;
mod state;
mod stroke;
mod walk;

pub use graph::{Graph, MOST_NODES, MapEdge, MapNode};
pub use layout::{
    LINE_WITH_MEDIAN, LINE_WITH_NUMBERS, LayerPlace, MapLayout, Room, Shape, ShapeNode, Zoom, lay_out,
};
pub use state::{MapLabel, Standing, TraceMap};
pub use stroke::{EdgeStyle, Stroke, Strokes};
pub use walk::Step;
