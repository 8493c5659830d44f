// whole tiles and an epilogue
@group(0) @binding(0) var<storage, read> in0: array<f32, 6144>;
@group(0) @binding(1) var<storage, read> in1: array<f32, 6144>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32, 6144>;
var<workgroup> tile0: array<f32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let number = i32(group.x);
  let stores_start = ((number / 3) * 32);
  let loads_start = ((number % 3) * 32);
  let near = i32(lane) % 32;
  let far = i32(lane) / 32;
  for (var k = 0; k < 32; k += 8) {
    let line = far + k;
    let along_loads = loads_start + near;
    let along_stores = stores_start + line;
    tile0[near * 33 + line] = in0[((along_stores * 96) + along_loads)];
  }
  workgroupBarrier();
  for (var k = 0; k < 32; k += 8) {
    let line = far + k;
    let along_loads = loads_start + line;
    let along_stores = stores_start + near;
    let moved0 = tile0[line * 33 + near];
    let at0 = (along_stores + (along_loads * 64));
    let v1 = (moved0 + in1[at0]);
    out2[at0] = select(v1, 0.0f, (v1 < 0.0f));
  }
}

// images to channels last, with an edge
@group(0) @binding(0) var<storage, read> in0: array<f32, 3840>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32, 3840>;
var<workgroup> tile0: array<f32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let number = i32(group.x);
  let outer0 = (number / 4);
  let stores_start = (((number / 2) % 2) * 32);
  let loads_start = ((number % 2) * 32);
  let near = i32(lane) % 32;
  let far = i32(lane) / 32;
  let at0 = (outer0 * 1920);
  for (var k = 0; k < 32; k += 8) {
    let line = far + k;
    let along_loads = loads_start + near;
    let along_stores = stores_start + line;
    if ((along_loads < 40) & (along_stores < 48)) {
      tile0[near * 33 + line] = in0[(((along_stores * 40) + along_loads) + at0)];
    }
  }
  workgroupBarrier();
  for (var k = 0; k < 32; k += 8) {
    let line = far + k;
    let along_loads = loads_start + line;
    let along_stores = stores_start + near;
    if ((along_loads < 40) & (along_stores < 48)) {
      let moved0 = tile0[line * 33 + near];
      out1[((along_stores + (along_loads * 48)) + at0)] = moved0;
    }
  }
}
